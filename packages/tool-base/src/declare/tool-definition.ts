/** The definition of a tool, before it has limits, a breaker and a place in a registry. */

import { hasHidden } from '../hidden-characters.ts';
import { annotationProblems } from './annotation-problems.ts';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { ClientRequests } from './client-requests.ts';
import { MAX_DESCRIPTION_LENGTH } from './limit-ranges.ts';
import { isToolName } from './names.ts';
import type { CallLog, Progress } from './ports.ts';
import type { Launcher, OutputStream } from '../launcher/program.ts';
import type { SandboxRequest } from '../sandbox/profile.ts';
import type { KeepOverflow, ReadHint } from '../result/kept-output.ts';
import type { CheckedTarget } from '../target/target-policy.ts';
import type { ResolveMode, TargetKind } from '../target/target-kind.ts';
import type { JsonSchema } from './json-schema.ts';
import type { ErrorType } from '../result/error-type.ts';
import type { JobSpec } from './job-spec.ts';
import type { PartialToolLimits } from './tool-limits.ts';

/** MCP tool annotations: hints for the host's user interface, never a guard. */
export interface ToolAnnotations {
  readonly title?: string;
  readonly readOnlyHint?: boolean;
  readonly destructiveHint?: boolean;
  readonly idempotentHint?: boolean;
  readonly openWorldHint?: boolean;
}

/** An argument that names an address, network, host or URL and has to pass the target policy. */
export interface TargetParameter {
  /** Name of the argument, a string at the top level of the input. */
  readonly parameter: string;
  readonly kind: Exclude<TargetKind, 'none'>;
  /** @default 'pin' */
  readonly resolve?: ResolveMode;
  /** Largest network that a `cidr` may name, in addresses. */
  readonly maxAddresses?: number;
  /** May be left out. @default false */
  readonly optional?: boolean;
}

export type BreakerFailure = Extract<ErrorType, 'timeout' | 'unavailable' | 'execution_error'>;

/** Breaker options that a tool may set; the rest are `@mcp/circuit-breaker`'s defaults. All times in milliseconds. */
export interface ToolBreakerOptions {
  readonly failureThreshold?: number;
  readonly recoveryTimeoutMs?: number;
  readonly recoveryMultiplier?: number;
  readonly maxRecoveryTimeoutMs?: number;
  readonly jitter?: number;
  readonly successThreshold?: number;
  readonly halfOpenMaxConcurrent?: number;
  readonly halfOpenMaxWaitMs?: number;
  /** One breaker for the tool, or one for each target so that one dead host does not cut off the others. @default 'tool' */
  readonly scope?: 'tool' | 'target';
  /** Breakers kept with scope `target`; the least recently used closed one goes first. 1 to 10 000. @default 256 */
  readonly maxTargets?: number;
  /** Whether a run past its deadline counts as a failure. @default true */
  readonly timeoutIsFailure?: boolean;
  /** Error types that count as failures. @default timeout, unavailable and execution_error */
  readonly failureTypes?: readonly BreakerFailure[];
}

export interface Caller {
  readonly name: string;
  /** Of the client, where it has one: two conversations of one caller differ in it. */
  readonly session?: string | undefined;
}

/** The server that runs a tool. */
export interface ToolUpstream {
  readonly name: string;
  /** As that server calls it. */
  readonly tool: string;
  /** The protocol era that it speaks, once it is known. */
  era(): string | undefined;
}

/** What a tool's `run` is given beside its input. */
export interface ToolContext extends ClientRequests {
  /** Aborted at the deadline, when the caller cancels, and at shutdown. Pass it to everything that waits. */
  readonly signal: AbortSignal;
  readonly correlationId: string;
  readonly caller: Caller;
  readonly log: CallLog;
  /** Milliseconds since the epoch at which the run's time is over. */
  readonly deadline: number;
  /** The tool's checked target, if it declares one: use `address` to connect, `text` to show. */
  readonly target: CheckedTarget | undefined;
  /** Every checked target by parameter name; the first of them is `target`. */
  readonly targets: ReadonlyMap<string, CheckedTarget>;
  /** Whether the caller listens to progress. */
  readonly wantsProgress: boolean;
  readonly reportProgress: (progress: Progress) => void;
}

/** What a command tool needs besides: where programs run, and how much output is kept. */
export interface ProgramContext extends ToolContext {
  readonly launcher: Launcher;
  readonly maxOutputBytes: number;
  /** Output beyond it is not read. */
  readonly maxReadBytes: number;
  readonly timeoutMs: number;
  /** Gets every byte of a program's output as it comes; whatever it throws ends the run. */
  readonly keepOutput: ((stream: OutputStream, bytes: Uint8Array) => void) | undefined;
  /** How to read what {@link keepOutput} got. */
  readonly readHint: ReadHint | undefined;
  /** For a run whose output is kept only if its result has not all of it. */
  readonly keepOverflow: KeepOverflow | undefined;
}

export interface Availability {
  readonly ok: boolean;
  /** Why not, for an operator. */
  readonly reason?: string;
}

export interface ResourceLimit {
  /** `null`: none. */
  readonly limit: number | null;
  readonly enforcedBy: 'rlimit' | 'nothing';
}

/** Limits of each process of a tool's programs: bytes of memory and of a file, seconds of CPU time, counts. */
export interface ResourceReport {
  readonly memory: ResourceLimit;
  readonly fileSize: ResourceLimit;
  readonly cpuTime: ResourceLimit;
  readonly openFiles: ResourceLimit;
  /** Counted for the whole user that runs the server. */
  readonly processes: ResourceLimit;
}

interface ToolBasics {
  /** 1 to 128 of `A-Z a-z 0-9 _ . -`. */
  readonly name: string;
  readonly title?: string;
  /** What the tool does, for the model that chooses it; 1 to 4096 characters. */
  readonly description: string;
  readonly annotations?: ToolAnnotations;
  readonly limits?: PartialToolLimits;
  readonly circuitBreaker?: ToolBreakerOptions;
  readonly job?: JobSpec;
  /** Asks a person before each call. @default never */
  readonly confirm?: ConfirmMode;
}

/**
 * Who is asked: `always` the client's user; `whenDestructive` the same, unless `readOnlyHint` is true or `destructiveHint` is false;
 * `operator` a second person, by the server.
 */
export const CONFIRM_MODES = ['always', 'whenDestructive', 'operator'] as const;
export type ConfirmMode = (typeof CONFIRM_MODES)[number];

/** What runs: a function, a program, a request to a REST API, or a tool of another MCP server. */
export type ToolKind = 'function' | 'command' | 'operation' | 'upstream';

/** A tool as {@link defineTool} and `defineCommandTool` return it. Immutable; one definition can serve many `Tool`s. */
export interface ToolDefinition extends ToolBasics {
  readonly kind: ToolKind;
  readonly input: StandardSchemaV1;
  readonly inputJsonSchema?: JsonSchema;
  readonly output?: StandardSchemaV1;
  readonly outputJsonSchema?: JsonSchema;
  readonly targets: readonly TargetParameter[];
  /** How long an aborted run may still return partial output, in milliseconds. */
  readonly settleMs: number;
  /** How its programs are confined; absent for functions. */
  readonly sandbox?: SandboxRequest;
  /**
   * The schemas are published exactly as given, and every argument name reaches `input`: they belong to a server elsewhere, which
   * checks its arguments itself. @default false
   */
  readonly verbatimSchemas?: boolean;
  /** Place in lists: after the tools without one, which are in the order of registration, by UTF-16 code units. */
  readonly listOrder?: string;
  /** Further words by which a search among tools finds it. Not published. */
  readonly keywords?: string;
  /** Of a tool that another server runs; for records of its calls. */
  readonly upstream?: ToolUpstream;
  available(): Availability;
  /** Of command tools: what their programs may use. */
  resources?(timeoutMs: number): ResourceReport;
  run(input: never, context: ProgramContext): unknown;
}

/** What function tools have in common, whatever form their input schema has. */
interface FunctionSpec extends ToolBasics {
  /** Needed when the schema library does not offer the Standard JSON Schema interface. Wins where it does. */
  readonly inputJsonSchema?: JsonSchema;
  /** Checks the structured content; a result that does not fit is an `execution_error`. JSON Schema or Standard Schema. */
  readonly output?: StandardSchemaV1 | ObjectJsonSchema;
  readonly outputJsonSchema?: JsonSchema;
  readonly target?: TargetParameter;
  /** Called by the registry and by health checks; must be quick and start nothing. @default always available */
  readonly available?: () => Availability;
}

export interface ToolSpec<Input extends StandardSchemaV1> extends FunctionSpec {
  /**
   * Any Standard Schema of an object: valibot, zod, arktype, ... Argument names that it does not list are refused, whatever the
   * library would do with them, unless its JSON Schema allows them with `additionalProperties`.
   */
  readonly input: Input;
  /**
   * Does the work. Returns a string (text), a plain object (structured content; its JSON is the text) or `toolContent(...)`.
   * Throws a `ToolError` for an expected failure.
   */
  readonly run: (input: StandardSchemaV1.InferOutput<Input>, context: ToolContext) => unknown;
}

/** JSON Schema (2020-12) of an object. */
export type ObjectJsonSchema = JsonSchema & { readonly type: 'object' };

/** A function tool whose arguments are described by plain JSON Schema. */
export interface JsonSchemaToolSpec extends FunctionSpec {
  /** Argument names that it does not list are refused, unless it allows them with `additionalProperties`. */
  readonly input: ObjectJsonSchema;
  /** As in {@link ToolSpec}. */
  readonly run: (input: Readonly<Record<string, unknown>>, context: ToolContext) => unknown;
}

/** Problems with the parts that function and command tools have in common. */
export function problemsOf(
  spec: Pick<ToolBasics, 'name' | 'title' | 'description' | 'annotations' | 'confirm'>,
): readonly string[] {
  const problems = annotationProblems(spec);
  if (!isToolName(spec.name)) {
    problems.push('The name must be 1 to 128 letters, digits, "_", "." or "-", and no built-in property name.');
  }
  const { description } = spec;
  if (typeof description !== 'string' || description.trim() === '' || description.length > MAX_DESCRIPTION_LENGTH) {
    problems.push(`The description must have 1 to ${MAX_DESCRIPTION_LENGTH} characters.`);
  } else if (hasHidden(description.replaceAll('\n', ' '))) {
    problems.push('The description holds control or invisible characters; remove them.');
  }
  if (spec.confirm !== undefined && !CONFIRM_MODES.includes(spec.confirm)) {
    problems.push(`confirm must be one of ${CONFIRM_MODES.join(', ')}, or absent.`);
  }
  return problems;
}
