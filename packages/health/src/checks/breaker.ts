import { optionsWithDefaults } from '../check-definition.ts';
import type { CheckDefinition, CheckOptions } from '../check-definition.ts';

/** The part of a circuit breaker that is read; `CircuitBreaker` of `@mcp/circuit-breaker` has it. */
export interface ObservedBreaker {
  readonly state: 'closed' | 'open' | 'half_open';
  /** Milliseconds until a call may be admitted; 0 if one may be now. */
  readonly retryAfterMs: number;
}

export interface BreakerCheckOptions extends CheckOptions {
  readonly name: string;
  readonly breaker: ObservedBreaker;
}

/** Closed is healthy, half open degraded, open unhealthy. Important by default. */
export function breakerCheck(options: BreakerCheckOptions): CheckDefinition {
  const { name, breaker } = options;
  const statuses = { closed: 'healthy', half_open: 'degraded', open: 'unhealthy' } as const;
  return {
    ...optionsWithDefaults(options, { priority: 'important' }),
    name,
    measurement: 'state',
    dependency: true,
    run() {
      const { state, retryAfterMs } = breaker;
      return {
        status: statuses[state],
        observedValue: state,
        source: 'circuit breaker',
        message:
          state === 'open'
            ? `the circuit breaker is open, next call in ${Math.ceil(retryAfterMs / 1000)} s`
            : `the circuit breaker is ${state}`,
        metadata: { retryAfterMs },
      };
    },
  };
}
