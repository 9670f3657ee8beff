import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { JsonSchema } from '../declare/json-schema.ts';
import type { ResourceLimits } from '../launcher/program.ts';
import type { SandboxRequest } from '../sandbox/profile.ts';
import type { ResolveMode, TargetKind } from '../target/target-kind.ts';
import type { JobSpec } from '../declare/job-spec.ts';
import type { ConfirmMode } from '../declare/tool-definition.ts';
import type { ToolAnnotations, ToolBreakerOptions } from '../declare/tool-definition.ts';
import type { ArgumentItem } from './argument-item.ts';
import type { FlagType } from './flag-table.ts';
import type { ParameterSpec } from './parameter.ts';

/** A program as a tool. The YAML form under `tools:` has the same members with durations as `10s` and `timeout` for `timeoutMs`. */
export interface CommandToolSpec {
  readonly name: string;
  readonly title?: string;
  readonly description: string;
  readonly annotations?: ToolAnnotations;
  /** Absolute path, or a bare name that is looked up once, in the system's program folders only. */
  readonly command: string;
  /** Needed when the program is a shell, an interpreter or starts other programs. @default false */
  readonly allowInterpreter?: boolean;
  /**
   * The arguments, in order. `{target}`, `{extraArgs}` and `{parameter}` stand for the checked values; a target also has
   * `{target.address}` (pinned), `{target.host}`, `{target.port}` and `{target.text}` (as the caller wrote it).
   * `{ literal: '{name}' }` is fixed text in which braces have no meaning.
   */
  readonly args: readonly ArgumentItem[];
  /** Kind of the `target` argument. @default 'none' */
  readonly target?: TargetKind;
  /** @default 'pin' */
  readonly resolve?: ResolveMode;
  /** Largest network a `cidr` target may name, in addresses. @default no limit */
  readonly maxAddresses?: number;
  readonly parameters?: Readonly<Record<string, ParameterSpec>>;
  /** Exact tokens that `extraArgs` may hold. Without any the tool takes no `extraArgs`. */
  readonly flags?: Readonly<Record<string, FlagType>>;
  /** Longest `extraArgs`, in bytes, 1 to 10 240. @default 2048 */
  readonly maxArgsLength?: number;
  readonly timeoutMs?: number;
  readonly concurrency?: number;
  readonly queue?: { readonly size?: number; readonly timeoutMs?: number };
  readonly maxOutputBytes?: number;
  readonly maxReadBytes?: number;
  /** @default [0] */
  readonly successExitCodes?: readonly number[];
  /** Exit codes that are an ordinary answer, each with its meaning. @default {} */
  readonly domainExitCodes?: Readonly<Record<number, string>>;
  /** Exit codes that count against the breaker, beside 126 and 127. @default [] */
  readonly failureExitCodes?: readonly number[];
  /** `json` parses stdout into `data`, `lines` splits it into `lines`. @default 'text' */
  readonly output?: 'text' | 'json' | 'lines';
  /** Checks the parsed `data` of `output: 'json'`. */
  readonly outputSchema?: StandardSchemaV1;
  /** JSON Schema of `data`, published to clients. */
  readonly outputJsonSchema?: JsonSchema;
  readonly circuitBreaker?: ToolBreakerOptions;
  readonly job?: JobSpec;
  /** Asks a person before each call. @default never */
  readonly confirm?: ConfirmMode;
  /**
   * Kernel limits, each a number or `none`. On Linux without `prlimit` a tool with any limit is unavailable; other systems have none.
   * @default CPU seconds: the time limit and 5; memory 1 GiB; files of 64 MiB; 256 open files
   */
  readonly resourceLimits?: ResourceLimitsSpec;
  /** Variables that the program gets besides the fixed ones. @default {} */
  readonly env?: Readonly<Record<string, string>>;
  /** Variables of this process that the program gets too, where they are set. @default [] */
  readonly passEnv?: readonly string[];
  /** By variable name. Values are replaced by `[redacted]` in whatever the program prints. @default {} */
  readonly secrets?: Readonly<Record<string, SecretSource>>;
  /** Absolute path of the working directory. @default an empty private folder */
  readonly cwd?: string;
  /** What the program reads from stdin: fixed text, or the value of a string parameter. @default nothing */
  readonly stdin?: string | StdinParameter;
  /** Needs a `SandboxLauncher`. @default no sandbox */
  readonly sandbox?: SandboxRequest;
  /** Milliseconds between SIGTERM and SIGKILL, 0 to 60 000. @default 2000 */
  readonly graceMs?: number;
}

export interface StdinParameter {
  readonly parameter: string;
}

/** Where the value of a secret is. Read for each run, so that a changed one is used without a reload. */
export interface SecretSource {
  /** Absolute path of a file; one line end at its end is left out. */
  readonly file?: string;
  /** A variable of this process. */
  readonly variable?: string;
  /** `file`: the program gets a file in its private folder, and the variable names it. @default 'environment' */
  readonly as?: 'environment' | 'file';
}

export const DEFAULT_GRACE_MS = 2000;

export type ResourceLimitsSpec = { readonly [K in keyof ResourceLimits]: ResourceLimits[K] | 'none' };

/** Limits of a tool that names none. CPU seconds follow the time limit, see {@link resourceLimitsOf}. */
export const DEFAULT_RESOURCES: {
  readonly memoryBytes: number;
  readonly fileBytes: number;
  readonly openFiles: number;
} = {
  memoryBytes: 2 ** 30,
  fileBytes: 64 * 2 ** 20,
  openFiles: 256,
};
/** Beyond the time limit: more CPU time than wall-clock time makes sense only for a program with threads. */
export const SPARE_CPU_SECONDS = 5;

/** The limits of one run. */
export function resourceLimitsOf(spec: Pick<CommandToolSpec, 'resourceLimits'>, timeoutMs: number): ResourceLimits {
  const wanted: ResourceLimitsSpec = {
    cpuSeconds: Math.ceil(timeoutMs / 1000) + SPARE_CPU_SECONDS,
    ...DEFAULT_RESOURCES,
    ...spec.resourceLimits,
  };
  return Object.fromEntries(Object.entries(wanted).filter(([, limit]) => limit !== 'none' && limit !== undefined));
}
