import type { DeepReadonly } from '@mcp/config';
import type { CommandToolSpec, FlagType, ParameterSpec, ToolAnnotations } from '@mcp/tool-base';

import type { ToolBreakerDeclaration } from './circuit-breaker-config.ts';

/** T as the configuration gives it: every key is present, and one that was left out is undefined. */
type Complete<T> = T extends object
  ? { readonly [K in keyof Required<T>]: T[K] | (object extends Pick<T, K> ? undefined : never) }
  : T;

/** A program declared under `tools:`. Durations are seconds; what is undefined gets the default of its section. */
export interface ToolDeclaration extends Complete<Pick<CommandToolSpec, 'description' | 'title' | 'command' | 'args'>> {
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
  readonly successExitCodes: readonly number[];
  /** Exit code -> its meaning. */
  readonly domainExitCodes: Readonly<Record<string, string>>;
  readonly failureExitCodes: readonly number[];
  readonly output: NonNullable<CommandToolSpec['output']>;
  readonly allowInterpreter: boolean;
  readonly circuitBreaker: ToolBreakerDeclaration | undefined;
  readonly annotations: ToolHints | undefined;
}

export type ParameterDeclaration = Complete<ParameterSpec>;

/** A flag without a value is `{ type: 'none' }` here. */
export type FlagDeclaration = { readonly type: 'none' } | Exclude<FlagType, 'none'>;

export type ToolHints = Complete<Omit<ToolAnnotations, 'title'>>;

export interface QueueDeclaration {
  /** Calls that may wait; with 0 a call is rejected when all slots are taken. */
  readonly size: number;
  /** How long one may wait. */
  readonly timeout: number;
}

/** A declaration as it is in the snapshot of a configuration. */
export type FrozenToolDeclaration = DeepReadonly<ToolDeclaration>;
