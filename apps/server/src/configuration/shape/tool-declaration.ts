import type { DeepReadonly } from '@mcp/config';
import type { CommandToolSpec, ConfirmMode, FlagType, ParameterSpec, ToolAnnotations } from '@mcp/tool-base';

import type { ProgramInput } from '../fields/program-fields.ts';
import type { ToolRateLimitConfig } from '../fields/rate-limit-field.ts';
import type { ResourcesDeclaration } from '../fields/resources-config.ts';
import type { ToolSandboxDeclaration } from '../fields/sandbox-section.ts';
import type { ToolBreakerDeclaration } from './circuit-breaker-config.ts';
import type { HttpDeclaration } from './http-declaration.ts';

/** T as the configuration gives it: every key is present, and one that was left out is undefined. */
type Complete<T> = T extends object
  ? { readonly [K in keyof Required<T>]: T[K] | (object extends Pick<T, K> ? undefined : never) }
  : T;

/**
 * A program or an HTTP request declared under `tools:`: it has either `command` or `http`. Durations are seconds; what is undefined
 * gets the default of its section.
 */
export interface ToolDeclaration
  extends Complete<Pick<CommandToolSpec, 'description' | 'title' | 'args'>>, ProgramInput {
  readonly command: string | undefined;
  readonly http: HttpDeclaration | undefined;
  readonly target: NonNullable<CommandToolSpec['target']>;
  readonly resolve: NonNullable<CommandToolSpec['resolve']>;
  readonly parameters: Readonly<Record<string, ParameterDeclaration>>;
  /** Exact token -> the value it takes. */
  readonly flags: Readonly<Record<string, FlagDeclaration>>;
  readonly timeout: number | undefined;
  readonly concurrency: number | undefined;
  readonly queue: QueueDeclaration | undefined;
  /** Bytes. */
  readonly maxOutput: number | undefined;
  readonly resources: ResourcesDeclaration | undefined;
  readonly successExitCodes: readonly number[];
  /** Exit code -> its meaning. */
  readonly domainExitCodes: Readonly<Record<string, string>>;
  readonly failureExitCodes: readonly number[];
  readonly output: NonNullable<CommandToolSpec['output']>;
  readonly allowInterpreter: boolean;
  readonly circuitBreaker: ToolBreakerDeclaration | undefined;
  readonly confirm: 'never' | ConfirmMode;
  /** Beside the scope to call it. */
  readonly scope: string | undefined;
  readonly rateLimit: ToolRateLimitConfig | undefined;
  readonly sandbox: ToolSandboxDeclaration | undefined;
  readonly annotations: ToolHints | undefined;
  readonly job: JobDeclaration | undefined;
}

export type ParameterDeclaration = Complete<ParameterSpec>;

/** A flag without a value is `{ type: 'none' }` here. */
export type FlagDeclaration = { readonly type: 'none' } | Exclude<FlagType, 'none'>;

export type ToolHints = Complete<Omit<ToolAnnotations, 'title'>>;

export type JobDeclaration =
  | { readonly mode: 'never' }
  | {
      readonly mode: 'auto' | 'required';
      readonly timeout: number;
      /** Bytes. */
      readonly maxOutput: number;
      readonly rerun: 'never' | 'ifIdempotent';
    };

export interface QueueDeclaration {
  /** Calls that may wait; with 0 a call is rejected when all slots are taken. */
  readonly size: number;
  /** How long one may wait. */
  readonly timeout: number;
}

/** A declaration as it is in the snapshot of a configuration. */
export type FrozenToolDeclaration = DeepReadonly<ToolDeclaration>;

export type FrozenProgramDeclaration = FrozenToolDeclaration & { readonly command: string };
export type FrozenHttpDeclaration = FrozenToolDeclaration & { readonly http: DeepReadonly<HttpDeclaration> };

/** The declared programs by name. */
export function programsOf(
  tools: Readonly<Record<string, FrozenToolDeclaration>>,
): [string, FrozenProgramDeclaration][] {
  return Object.entries(tools).flatMap(([name, declared]): [string, FrozenProgramDeclaration][] => {
    const { command } = declared;
    return command === undefined ? [] : [[name, { ...declared, command }]];
  });
}

/** The declared HTTP requests by name. */
export function httpToolsOf(tools: Readonly<Record<string, FrozenToolDeclaration>>): [string, FrozenHttpDeclaration][] {
  return Object.entries(tools).flatMap(([name, declared]): [string, FrozenHttpDeclaration][] => {
    const { http } = declared;
    return http === undefined ? [] : [[name, { ...declared, http }]];
  });
}
