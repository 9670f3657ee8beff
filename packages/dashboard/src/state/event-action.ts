import type { BreakerState } from '../api/answers.ts';
import type { Action } from './dashboard-state.ts';
import type { EventFields } from './event-line.ts';

const BREAKER_STATES: readonly unknown[] = ['closed', 'open', 'half_open'] satisfies BreakerState[];

/**
 * How an event changes the state of the page without another request.
 * @param now on the monotonic clock
 * @returns undefined when the event changes nothing, or is not understood
 */
export function actionOf(type: string, fields: EventFields, now: number): Action | undefined {
  const { tool, breaker, to, forced, retryAfterMs, change, problems } = fields;
  if (type === 'config.reloaded') return { type: 'reload', problems: [] };
  if (type === 'config.rejected')
    return { type: 'reload', problems: Array.isArray(problems) ? problems.map(String) : [] };
  if (typeof tool !== 'string') return undefined;
  if (type === 'tool.changed' && (change === 'enabled' || change === 'disabled')) {
    return { type: 'enabled', tool, enabled: change === 'enabled' };
  }
  if (type !== 'breaker.changed' || typeof breaker !== 'string' || !isBreakerState(to)) return undefined;
  return {
    type: 'breaker',
    tool,
    breaker: {
      name: breaker,
      state: to,
      forced: forced === 'open' || forced === 'closed' ? forced : null,
      retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : 0,
    },
    now,
  };
}

function isBreakerState(value: unknown): value is BreakerState {
  return BREAKER_STATES.includes(value);
}
