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
export {
  ERROR_TYPES,
  httpStatusOf,
  ToolDefinitionError,
  ToolError,
  type ErrorType,
  type ToolErrorOptions,
} from './tool-error.ts';

// Targets
export {
  TargetPolicy,
  type CheckedTarget,
  type CheckOptions,
  type ResolveMode,
  type TargetKind,
  type TargetPolicyOptions,
} from './target/target-policy.ts';

// Programs
export { createLauncher, type LauncherOptions } from './launcher/create-launcher.ts';
export { directLauncher } from './launcher/direct-launcher.ts';

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
