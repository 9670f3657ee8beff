import type { CircuitBreakerSettings } from '@mcp/config';
import type { BreakerFailure } from '@mcp/tool-base';

/** The section `circuitBreaker`. Durations are seconds. */
export interface CircuitBreakerConfig extends CircuitBreakerSettings {
  /** Which failures count against a breaker; `Exception` is all of them. */
  readonly expectedExceptions: readonly ('Exception' | BreakerFailure)[];
  readonly recoveryMultiplier: number;
  readonly maxRecoveryTimeout: number;
  readonly jitter: number;
  readonly halfOpenMaxConcurrent: number;
  readonly halfOpenMaxWait: number;
}

type BreakerKeys = Exclude<keyof CircuitBreakerConfig, 'expectedExceptions'>;

/** Settings of this tool's breaker; what is undefined comes from the section `circuitBreaker`. */
export type ToolBreakerDeclaration = { readonly [K in BreakerKeys]: CircuitBreakerConfig[K] | undefined } & {
  readonly scope: 'tool' | 'target';
  readonly timeoutIsFailure: boolean;
};
