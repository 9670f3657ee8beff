import type { CommandToolSpec, FlagType, JobSpec, ToolBreakerOptions } from '@mcp/tool-base';

import { milliseconds } from './milliseconds.ts';
import { resourceLimits } from './resource-limits.ts';
import type { ServerConfig } from '../shape/server-config.ts';
import type { FrozenProgramDeclaration, FrozenToolDeclaration } from '../shape/tool-declaration.ts';

/**
 * An entry under `tools:` in the configuration as a definition. Three things differ between the two: durations are seconds
 * there and milliseconds here, what was not said is `undefined` there and absent here, and a flag without a value is
 * `{ type: none }` there.
 */
export function commandToolSpec(
  name: string,
  declared: FrozenProgramDeclaration,
  values: Pick<ServerConfig, 'security' | 'tool'>,
): CommandToolSpec {
  const {
    timeout,
    queue,
    flags,
    circuitBreaker,
    maxOutput,
    job,
    resources,
    confirm,
    http: _,
    sandbox: __,
    scope: ___,
    rateLimit: ____,
    ...rest
  } = declared;
  const spec: Loosely<CommandToolSpec> = {
    ...rest,
    name,
    maxArgsLength: values.security.maxArgsLength,
    confirm: confirm === 'never' ? undefined : confirm,
    maxOutputBytes: maxOutput,
    resourceLimits: resourceLimits(resources, values),
    job: job && jobSpec(job),
    timeoutMs: toMs(timeout),
    queue: queue && { size: queue.size, timeoutMs: toMs(queue.timeout) },
    flags: Object.fromEntries(Object.entries(flags).map(([token, flag]) => [token, flagType(flag)])),
    circuitBreaker: circuitBreaker && breakerOptions(circuitBreaker),
  };
  return withoutUndefined(spec) as CommandToolSpec;
}

/** `circuitBreaker` of a declared tool, of which any key may be unset. */
export function breakerOptions(
  declared: NonNullable<FrozenToolDeclaration['circuitBreaker']>,
): Loosely<ToolBreakerOptions> {
  return {
    failureThreshold: declared.failureThreshold,
    recoveryTimeoutMs: toMs(declared.recoveryTimeout),
    successThreshold: declared.halfOpenSuccessThreshold,
    recoveryMultiplier: declared.recoveryMultiplier,
    maxRecoveryTimeoutMs: toMs(declared.maxRecoveryTimeout),
    jitter: declared.jitter,
    halfOpenMaxConcurrent: declared.halfOpenMaxConcurrent,
    halfOpenMaxWaitMs: toMs(declared.halfOpenMaxWait),
    scope: declared.scope,
    timeoutIsFailure: declared.timeoutIsFailure,
  };
}

function flagType(flag: FrozenToolDeclaration['flags'][string]): FlagType {
  return flag.type === 'none' ? 'none' : flag;
}

function jobSpec(job: NonNullable<FrozenToolDeclaration['job']>): JobSpec {
  if (job.mode === 'never') return { mode: 'never' };
  const { mode, timeout, maxOutput, rerun } = job;
  return { mode, timeoutMs: milliseconds(timeout), maxOutputBytes: maxOutput, rerun };
}

export function toMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : milliseconds(seconds);
}

/** The same shape, where any member may also be undefined. */
export type Loosely<T> = T extends object ? { [K in keyof T]: Loosely<T[K]> | undefined } : T;

/** A copy without the members that are undefined, at any depth. */
export function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries.map(([key, member]) => [key, withoutUndefined(member)]));
}
