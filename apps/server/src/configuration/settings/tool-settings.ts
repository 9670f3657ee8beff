import { DEFAULT_LIMITS, type LimitCeilings, type PartialToolLimits, type ToolOptions } from '@mcp/tool-base';

import { milliseconds } from './milliseconds.ts';
import type { ServerConfig } from '../shape/server-config.ts';

/** What every tool gets from the sections `security`, `tool` and `circuitBreaker`. */
export interface ToolSettings {
  readonly defaults: PartialToolLimits;
  readonly ceilings: LimitCeilings;
  readonly breakerDefaults: NonNullable<ToolOptions['breakerDefaults']>;
}

export function toolSettings({ security, tool, circuitBreaker }: ServerConfig): ToolSettings {
  return {
    defaults: {
      timeoutMs: milliseconds(tool.defaultTimeout),
      concurrency: tool.defaultConcurrency,
      maxOutputBytes: Math.min(DEFAULT_LIMITS.maxOutputBytes, security.maxOutputSize),
      maxReadBytes: security.maxOutputSize,
    },
    ceilings: {
      timeoutMs: milliseconds(security.timeoutSeconds),
      concurrency: security.concurrencyLimit,
      maxOutputBytes: security.maxOutputSize,
    },
    breakerDefaults: breakerDefaults(circuitBreaker),
  };
}

function breakerDefaults(section: ServerConfig['circuitBreaker']): ToolSettings['breakerDefaults'] {
  const { expectedExceptions } = section;
  return {
    failureThreshold: section.failureThreshold,
    recoveryTimeoutMs: milliseconds(section.recoveryTimeout),
    recoveryMultiplier: section.recoveryMultiplier,
    maxRecoveryTimeoutMs: milliseconds(section.maxRecoveryTimeout),
    jitter: section.jitter,
    successThreshold: section.halfOpenSuccessThreshold,
    halfOpenMaxConcurrent: section.halfOpenMaxConcurrent,
    halfOpenMaxWaitMs: milliseconds(section.halfOpenMaxWait),
    ...(!expectedExceptions.includes('Exception') && {
      failureTypes: expectedExceptions.filter((type) => type !== 'Exception'),
    }),
  };
}
