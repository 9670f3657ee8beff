/**
 * @mcp/tool-base: functions and programs behind one guarded pipeline.
 * Adding a name here makes it public API.
 */

// Declaring tools
export { defineTool } from './declare/define-tool.ts';
export type { Approval, AskForApproval } from './declare/approvals.ts';
export { CONFIRM_MODES } from './declare/tool-definition.ts';
export { flatInputSchema } from './declare/flat-input-schema.ts';
export { fromJsonSchema, type JsonStandardSchema } from './declare/from-json-schema.ts';
export type {
  Availability,
  BreakerFailure,
  Caller,
  ConfirmMode,
  JsonSchemaToolSpec,
  ObjectJsonSchema,
  ProgramContext,
  ResourceLimit,
  ResourceReport,
  TargetParameter,
  ToolAnnotations,
  ToolBreakerOptions,
  ToolContext,
  ToolDefinition,
  ToolKind,
  ToolSpec,
} from './declare/tool-definition.ts';
export { defineCommandTool } from './command/command-tool.ts';
export {
  DEFAULT_RESOURCES,
  resourceLimitsOf,
  SPARE_CPU_SECONDS,
  type CommandToolSpec,
  type ResourceLimitsSpec,
  type SecretSource,
} from './command/command-spec.ts';
export type { ArgumentItem } from './command/argument-item.ts';
export { parameterSchema, type ParameterSpec } from './command/parameter.ts';
export type { FlagType } from './command/flag-table.ts';
export type { PathParameter } from './command/path-value.ts';
export type { TextCharacters, TextType } from './command/text-value.ts';
export { matchesPattern, MAX_PATTERN_LENGTH, patternProblem } from './command/text-pattern.ts';
export type { ValueType } from './command/value-type.ts';
export { lintCommandTool } from './command/lint/lint-command-tool.ts';
export type { CommandToolFinding } from './command/lint/lint-finding.ts';

// Asking the client
export {
  NO_CLIENT_INPUT,
  type ClientRequests,
  type ClientInput,
  type ClientInputKind,
  type ClientRoot,
  type FormField,
  type FormSchema,
  type FormValue,
  type ModelResponse,
  type ModelMessage,
  type ModelRequest,
  type UserResponse,
  type UserForm,
  type UserLink,
} from './declare/client-requests.ts';

// Putting them in service
export { Tool, type ToolInfo, type ToolOptions } from './tool/tool.ts';
export type { SharedSlots, SlotUser } from './tool/shared-slots.ts';
export { DEFAULT_LIMITS, type LimitCeilings, type PartialToolLimits, type ToolLimits } from './declare/tool-limits.ts';
export { DEFAULT_JOB, JOB_RANGES, type JobLimits, type JobSpec } from './declare/job-spec.ts';
export { toListedTool, type ListedTool } from './tool/listed-tool.ts';
export { ToolRegistry, type RegistryChange } from './tool/tool-registry.ts';
export type { CallCounts } from './tool/call-counter.ts';
export type { ToolBreakers } from './tool/tool-breakers.ts';
export type { JsonSchema } from './declare/json-schema.ts';
export { countApplications, TooMuchWorkError, withBoundedWork } from './declare/check-work.ts';

// Calling them
export { toCallToolResult, type CallToolResult } from './tool/call-tool-result.ts';
export { callTool } from './call/call-tool.ts';
export { unattendedProblem } from './call/unattended-call.ts';
export { CORRELATION_ID, type CallRequest, type RunAllowance } from './call/call-context.ts';
export type { KeepOverflow, KeptOutput, ReadHint } from './result/kept-output.ts';
export { CallSlot } from './call/call-slot.ts';
export {
  toolContent,
  type Confirmation,
  type ContentBlock,
  type ToolContent,
  type ToolResult,
  type ToolResultError,
  type ToolResultMeta,
} from './result/tool-result.ts';
export {
  ERROR_TYPES,
  httpStatusOf,
  ToolDefinitionError,
  ToolError,
  type ToolErrorOptions,
} from './result/tool-error.ts';
export { REJECTION_TYPES, type ErrorType, type RejectionType } from './result/error-type.ts';
export { readJson, type ReadJson } from './command/read-json.ts';
export { cleanBlock } from './result/content-blocks.ts';
export { sanitizeJson, sanitizeText, type SanitizedText } from './result/sanitize-text.ts';
export { errorText } from './result/error-text.ts';
export { escapedCharacter, hasHidden, replaceHidden } from './hidden-characters.ts';
export { describeError, type ErrorDescription } from './result/describe-error.ts';

// Targets
export {
  TargetPolicy,
  type CheckedTarget,
  type TargetCheckOptions,
  type TargetPolicyOptions,
} from './target/target-policy.ts';
export { RESOLVE_MODES, TARGET_KINDS, type ResolveMode, type TargetKind } from './target/target-kind.ts';

// The grammar of names, addresses and numbers, for whoever reads declarations or policies
export { FLAG_TOKEN, isFlagToken, isParameterName, isToolName, PARAMETER_NAME, TOOL_NAME } from './declare/names.ts';
export {
  LIMIT_RANGES,
  MAX_ARGUMENT_BYTES,
  MAX_BREAKER_TARGETS,
  MAX_DESCRIPTION_LENGTH,
  MAX_GRACE_MS,
  MAX_LINES_LENGTH,
  MAX_TITLE_LENGTH,
  type NumberRange,
} from './declare/limit-ranges.ts';
export { ENVIRONMENT_NAME, environmentOf } from './command/program/program-environment.ts';
export { readSecrets, secretsAvailable } from './command/program/program-secrets.ts';
export { isInterpreter } from './command/interpreters.ts';
export { isHostName } from './target/host-name.ts';
export {
  isIpv4Address,
  isIpv6Address,
  isLoopbackAddress,
  isLoopbackHost,
  isPrivateAddress,
  parseNetwork,
} from './target/address.ts';
export {
  LOOPBACK_NETWORKS,
  METADATA_NETWORKS,
  PRIVATE_NETWORKS,
  RESERVED_NETWORKS,
  RFC1918_NETWORKS,
  TRANSLATED_NETWORKS,
} from './target/networks.ts';
export type { AddressRange } from './target/address-set.ts';
export { embeddedIpv4 } from './target/embedded-ipv4.ts';
export { expandIpv6 } from './target/ipv6.ts';
export { expandTargetEntry, parseTargetEntry, TARGET_ENTRY_FORMS, type TargetEntry } from './target/target-entry.ts';
export { allowedEntryProblem, targetEntryProblem } from './target/target-entry-problem.ts';

// Programs
export { createLauncher } from './launcher/create-launcher.ts';
export { directLauncher } from './launcher/direct-launcher.ts';
export { makePrivateFolder } from './launcher/folders/stale-folders.ts';
export { findProgram, type ProgramFile } from './command/program/program-file.ts';

// Programs in a sandbox
export { SandboxLauncher, type SandboxOptions } from './sandbox/sandbox-launcher.ts';
export { isBelow, levelNumber, SANDBOX_LEVELS, type SandboxLevel } from './sandbox/level.ts';
export {
  isConfined,
  profileKey,
  type ProgramUser,
  type SandboxProfile,
  type SandboxRequest,
} from './sandbox/profile.ts';
export { sandboxReport, type SandboxReport } from './sandbox/sandbox-report.ts';
export type { SandboxEvent, SandboxStatus } from './sandbox/sandbox-status.ts';

// Ports
export { systemClock, type Clock } from './clock.ts';
export {
  type ArgumentRole,
  type Conversation,
  type ConversationOptions,
  type ConversationSpec,
  type Launcher,
  type LauncherOptions,
  type OutputStream,
  type ProgramArgument,
  type ProgramExit,
  type ProgramSecret,
  type ProgramSpec,
  type ProgramStartFailure,
  type ResourceLimits,
  type RunOptions,
} from './launcher/program.ts';
export {
  type CallLog,
  type RecordedOutcome,
  type CallRecorder,
  type LogFields,
  type Progress,
  type RecordedCall,
} from './declare/ports.ts';
export { systemLookups, type HostLookups, type LookupOptions, type Resolver } from './target/host-lookups.ts';

// Testing tools
export {
  testTool,
  type FuzzFinding,
  type FuzzOptions,
  type FuzzReport,
  type TestedTool,
  type TestToolOptions,
} from './testing/test-tool.ts';
export type { Argv, FakeRun } from './testing/recording-launcher.ts';
