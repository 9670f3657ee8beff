/**
 * @mcp/tool-base: functions and programs behind one guarded pipeline.
 * Adding a name here makes it public API.
 */

// Declaring tools
export {
  defineTool,
  type Availability,
  type BreakerFailure,
  type Caller,
  type ProgramContext,
  type TargetParameter,
  type ToolAnnotations,
  type ToolBreakerOptions,
  type ToolContext,
  type ToolDefinition,
  type ToolSpec,
} from './tool-definition.ts';
export { defineCommandTool } from './command/command-tool.ts';
export type { CommandToolSpec } from './command/command-spec.ts';
export type { ParameterSpec } from './command/parameter.ts';
export type { FlagType } from './command/flag-table.ts';
export type { ValueType } from './command/value-type.ts';
export { lintCommandTool, type Finding } from './command/lint-command-tool.ts';

// Asking the client
export {
  NO_CLIENT_INPUT,
  type AsksClient,
  type ClientInput,
  type ClientInputKind,
  type ClientRoot,
  type FormField,
  type FormSchema,
  type FormValue,
  type ModelAnswer,
  type ModelMessage,
  type ModelQuestion,
  type UserAnswer,
  type UserForm,
  type UserLink,
} from './client-input.ts';

// Putting them in service
export { Tool, type ToolInfo, type ToolOptions } from './tool.ts';
export { DEFAULT_LIMITS, type LimitCeilings, type PartialToolLimits, type ToolLimits } from './tool-limits.ts';
export { ToolRegistry, type RegistryChange } from './tool-registry.ts';
export type { CallCounts } from './call-tally.ts';
export type { ToolBreakers } from './tool-breakers.ts';
export type { JsonSchema } from './input-schema.ts';

// Calling them
export { callTool } from './call-tool.ts';
export type { CallRequest } from './call-context.ts';
export {
  toolContent,
  type ContentBlock,
  type ToolContent,
  type ToolResult,
  type ToolResultError,
  type ToolResultMeta,
} from './tool-result.ts';
export { ERROR_TYPES, httpStatusOf, ToolDefinitionError, ToolError, type ToolErrorOptions } from './tool-error.ts';
export type { ErrorType } from './error-type.ts';

// Targets
export {
  RESOLVE_MODES,
  TARGET_KINDS,
  TargetPolicy,
  type CheckedTarget,
  type CheckOptions,
  type ResolveMode,
  type TargetKind,
  type TargetPolicyOptions,
} from './target/target-policy.ts';

// The grammar of names, addresses and numbers, for whoever reads declarations or policies
export { FLAG_TOKEN, isFlagToken, isParameterName, isToolName, PARAMETER_NAME, TOOL_NAME } from './declare/names.ts';
export {
  LIMIT_RANGES,
  MAX_ARGUMENT_BYTES,
  MAX_BREAKER_TARGETS,
  MAX_DESCRIPTION_LENGTH,
  MAX_GRACE_MS,
  MAX_TITLE_LENGTH,
  type NumberRange,
} from './declare/limit-ranges.ts';
export { isInterpreter } from './command/interpreters.ts';
export { isHostName } from './target/host-name.ts';
export {
  isIpv4Address,
  isIpv6Address,
  isLoopbackAddress,
  isLoopbackHost,
  isPrivateAddress,
  LOOPBACK_NETWORKS,
  parseNetwork,
  RFC1918_NETWORKS,
} from './target/address.ts';
export type { AddressRange } from './target/address-set.ts';
export { expandIpv6 } from './target/ipv6.ts';
export { expandTargetEntry, parseTargetEntry, TARGET_ENTRY_FORMS, type TargetEntry } from './target/target-entry.ts';
export { allowedEntryProblem, targetEntryProblem } from './target/target-entry-problem.ts';

// Programs
export { createLauncher, type LauncherOptions } from './launcher/create-launcher.ts';
export { directLauncher } from './launcher/direct-launcher.ts';
export { findProgram, type ProgramFile } from './command/program-file.ts';

// Ports
export {
  systemClock,
  type ArgumentRole,
  type CallLog,
  type CallOutcome,
  type CallRecorder,
  type Clock,
  type Launcher,
  type LogFields,
  type OutputStream,
  type ProgramArgument,
  type ProgramExit,
  type ProgramSpec,
  type ProgramStartFailure,
  type Progress,
  type RecordedCall,
  type ResourceLimits,
  type Resolver,
  type RunOptions,
} from './ports.ts';

// Testing tools
export {
  testTool,
  type FuzzFinding,
  type FuzzOptions,
  type FuzzReport,
  type TestedTool,
  type TestToolOptions,
} from './testing/test-tool.ts';
export type { Argv, PretendedRun } from './testing/recording-launcher.ts';
