import type { BreakerView } from '../state/tool-view.ts';
import type { Tone } from '../state/outcome.ts';
import { wait } from '../text/format.ts';

/** The state of a breaker in a few words. @param now on the monotonic clock */
export function breakerLabel(breaker: BreakerView | undefined, now: number): { tone: Tone; text: string } {
  if (breaker === undefined) return { tone: 'neutral', text: 'No targets yet' };
  const { state, forced, retryAtMs } = breaker;
  if (forced === 'open') return { tone: 'bad', text: 'Forced open' };
  if (forced === 'closed') return { tone: 'warn', text: 'Forced closed' };
  if (state === 'closed') return { tone: 'good', text: 'Closed' };
  if (state === 'half_open') return { tone: 'warn', text: 'Half-open' };
  return { tone: 'bad', text: `Open · ${timeToProbe(retryAtMs, now)}` };
}

/** The same in a sentence. */
export function breakerSentence(breaker: BreakerView | undefined, now: number): string {
  if (breaker === undefined) return 'Each target gets a breaker with its first call; there are none yet.';
  const { state, forced, retryAtMs } = breaker;
  if (forced === 'open') return 'Forced open by an operator: every call is rejected until it is reset.';
  if (forced === 'closed') return 'Forced closed by an operator: every call runs until it is reset.';
  if (state === 'closed') return 'Closed: calls run, and failures are counted.';
  if (state === 'half_open') return 'Half-open: a few probes run to test whether the tool works again.';
  return `Open: calls are rejected; ${timeToProbe(retryAtMs, now)}.`;
}

function timeToProbe(retryAtMs: number | undefined, now: number): string {
  return retryAtMs === undefined || retryAtMs <= now ? 'the next call is a probe' : `retry in ${wait(retryAtMs - now)}`;
}
