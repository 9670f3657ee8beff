/**
 * @mcp/upstreams: the tools of other MCP servers as tools of @mcp/tool-base.
 * Adding a name here makes it public API.
 */

export { InstancePlaces } from './connection/instance-places.ts';
export { Upstream } from './upstream.ts';
export type { OfferedPrompt, PromptResult, UpstreamPrompts } from './contents/upstream-prompts.ts';
export type { OfferedResource, ReadContents, UpstreamResources } from './contents/upstream-resources.ts';
export type { RequestCaller } from './contents/ask-upstream.ts';
export type { ToolOverride } from './tool-override.ts';
export type { Endpoint, Isolation, UpstreamOptions, UpstreamSettings } from './upstream-options.ts';
export type { PendingKind, UpstreamChange, UpstreamDiff, UpstreamReport, UpstreamState } from './upstream-report.ts';
export type { StdioConnectionOptions } from './stdio/stdio-transport.ts';
export { StartTurns } from './stdio/start-turns.ts';
export type { RestartOptions } from './connection/restart-pace.ts';
export type { HttpConnectionOptions } from './http/origin-client.ts';
export { literalProblem, type EgressOptions } from './http/egress.ts';
export type { ProtocolChoice, ProtocolEra } from './connection/connection.ts';
export type { ToolChoice } from './listing/catalogue.ts';
export type { WithheldTool } from './listing/listed-tool.ts';
export { LockFile } from './trust/lock-file.ts';
export type { Pin, PinnedList, Pins } from './trust/pins.ts';
export { PinStoreError, type PinStore, type TrustMode } from './trust/trust.ts';
export type { TrustOptions } from './trust/trust-gate.ts';
export { ConnectionError } from './connection/connection-error.ts';
export { exposedName, MAX_NAME_LENGTH } from './listing/exposed-name.ts';
export { systemClock, type Clock } from './clock.ts';
