import type { CircuitBreakerStats, RecordedError } from '@mcp/circuit-breaker';
import type { Tool } from '@mcp/tool-base';

import { hasScope, type Principal } from '../../../../access/principal.ts';

/** The most recently used ones; a tool with scope `target` has a breaker for each target. */
const MAX_LISTED_BREAKERS = 20;

export interface BreakerStatistics extends Omit<CircuitBreakerStats, 'recentErrors'> {
  readonly recentErrors: readonly (Omit<RecordedError, 'message'> & Partial<RecordedError>)[];
}

/**
 * What the breakers of a tool have counted. The message of an error can contain what one caller asked for, so only
 * principals with the scope `admin` see it.
 */
export function breakerStatistics(tool: Tool, principal: Principal): BreakerStatistics[] {
  const seesMessages = hasScope(principal, 'admin');
  return [...tool.breakers].slice(-MAX_LISTED_BREAKERS).map((breaker) => {
    const { recentErrors, ...statistics } = breaker.stats();
    return {
      ...statistics,
      recentErrors: recentErrors.map(({ name, message, at }) => ({ name, at, ...(seesMessages && { message }) })),
    };
  });
}
