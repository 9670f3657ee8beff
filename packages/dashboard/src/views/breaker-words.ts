import type { BreakerView } from '../state/dashboard-state.ts';
import type { Tone } from '../state/event-line.ts';
import { wait } from '../text/format.ts';

/** A breaker in a few words, for a pill. @param now on the page's forward-only clock */
export function breakerWords(breaker: BreakerView | undefined, now: number): { tone: Tone; text: string } {
  if (breaker === undefined) return { tone: 'neutral', text: 'No targets yet' };
  const { state, forced, retryAt } = breaker;
  if (forced === 'open') return { tone: 'bad', text: 'Held open' };
  if (forced === 'closed') return { tone: 'warn', text: 'Held closed' };
  if (state === 'closed') return { tone: 'good', text: 'Closed' };
  if (state === 'half_open') return { tone: 'warn', text: 'Half-open' };
  return { tone: 'bad', text: `Open · ${timeToRetry(retryAt, now)}` };
}

/** The same in a sentence. */
export function breakerSentence(breaker: BreakerView | undefined, now: number): string {
  if (breaker === undefined) return 'Each target gets a breaker with its first call; there are none yet.';
  const { state, forced, retryAt } = breaker;
  if (forced === 'open') return 'Held open by an operator: every call is refused until it is reset.';
  if (forced === 'closed') return 'Held closed by an operator: every call runs until it is reset.';
  if (state === 'closed') return 'Closed: calls run, and failures are counted.';
  if (state === 'half_open') return 'Half-open: a few calls are let through to see whether it works again.';
  return `Open: calls are refused; ${timeToRetry(retryAt, now)}.`;
}

function timeToRetry(retryAt: number | undefined, now: number): string {
  return retryAt === undefined || retryAt <= now ? 'the next call is a try' : `retry in ${wait(retryAt - now)}`;
}
