import type { CommandToolSpec, FlagType } from '@mcp/tool-base';

import { milliseconds } from './milliseconds.ts';
import type { FrozenToolDeclaration } from './tool-declaration.ts';

/**
 * An entry under `tools:` in the configuration as a definition. Three things differ between the two: durations are seconds
 * there and milliseconds here, what was not said is `undefined` there and absent here, and a flag without a value is
 * `{ type: none }` there.
 */
export function commandToolSpec(name: string, declared: FrozenToolDeclaration, maxArgsLength: number): CommandToolSpec {
  const { timeout, queue, flags, circuitBreaker, maxOutput, ...rest } = declared;
  const spec: Loosely<CommandToolSpec> = {
    ...rest,
    name,
    maxArgsLength,
    maxOutputBytes: maxOutput,
    timeoutMs: toMs(timeout),
    queue: queue && { size: queue.size, timeoutMs: toMs(queue.timeout) },
    flags: Object.fromEntries(Object.entries(flags).map(([token, flag]) => [token, flagType(flag)])),
    circuitBreaker: circuitBreaker && {
      failureThreshold: circuitBreaker.failureThreshold,
      recoveryTimeoutMs: toMs(circuitBreaker.recoveryTimeout),
      successThreshold: circuitBreaker.halfOpenSuccessThreshold,
      recoveryMultiplier: circuitBreaker.recoveryMultiplier,
      maxRecoveryTimeoutMs: toMs(circuitBreaker.maxRecoveryTimeout),
      jitter: circuitBreaker.jitter,
      halfOpenMaxConcurrent: circuitBreaker.halfOpenMaxConcurrent,
      halfOpenMaxWaitMs: toMs(circuitBreaker.halfOpenMaxWait),
      scope: circuitBreaker.scope,
      timeoutIsFailure: circuitBreaker.timeoutIsFailure,
    },
  };
  return withoutUndefined(spec) as CommandToolSpec;
}

function flagType(flag: FrozenToolDeclaration['flags'][string]): FlagType {
  return flag.type === 'none' ? 'none' : flag;
}

function toMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : milliseconds(seconds);
}

/** The same shape, where any member may also be undefined. */
type Loosely<T> = T extends object ? { [K in keyof T]: Loosely<T[K]> | undefined } : T;

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries.map(([key, member]) => [key, withoutUndefined(member)]));
}
