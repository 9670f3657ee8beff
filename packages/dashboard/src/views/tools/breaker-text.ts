import { leadingBreaker, type BreakerView, type ToolView } from '../../state/tool-view.ts';
import type { Tone } from '../../state/outcome.ts';
import { roughWait, wait } from '../../text/format.ts';

export interface BreakerLabel {
  readonly tone: Tone;
  readonly text: string;
}

/** The breakers of a tool in a few words; with one for each target, how many of them are concerned. @param now on the monotonic clock */
export function toolBreakerLabel(tool: ToolView, now: number): BreakerLabel {
  const leading = leadingBreaker(tool);
  const label = breakerLabel(leading, now);
  if (leading === undefined || decidesForAll(tool, leading) || label.tone === 'good') return label;
  const alike = tool.breakers.filter(({ state }) => state === leading.state);
  return { tone: label.tone, text: `${stateInWords(leading)} · ${alike.length} of ${tool.breakers.length}` };
}

/** The same in a sentence. */
export function toolBreakerSentence(tool: ToolView, now: number): string {
  const leading = leadingBreaker(tool);
  if (leading === undefined || decidesForAll(tool, leading)) return breakerSentence(leading, now);
  const open = tool.breakers.filter(({ state }) => state === 'open').length;
  return open === 0
    ? 'No breaker is open: calls to every target run.'
    : `Calls to ${open} of ${tool.breakers.length} targets are rejected; calls to all others run.`;
}

/** What an operator forces holds for every target, also for one that is called later. */
function decidesForAll({ circuitBreaker }: ToolView, { forced }: BreakerView): boolean {
  return circuitBreaker.scope === 'tool' || forced !== null;
}

/** The state of a breaker in a few words. @param now on the monotonic clock */
export function breakerLabel(breaker: BreakerView | undefined, now: number): BreakerLabel {
  if (breaker === undefined) return { tone: 'neutral', text: 'No targets yet' };
  const { state, forced, retryAtMs } = breaker;
  const text = stateInWords(breaker);
  if (forced === null && state === 'closed') return { tone: 'good', text };
  if (forced === 'closed' || state === 'half_open') return { tone: 'warn', text };
  if (forced === 'open') return { tone: 'bad', text };
  const isDue = retryAtMs === undefined || retryAtMs <= now;
  return { tone: 'bad', text: isDue ? 'Open · probe is next' : `Open · retry in ${roughWait(retryAtMs - now)}` };
}

function stateInWords({ state, forced }: BreakerView): string {
  if (forced !== null) return `Forced ${forced}`;
  return { closed: 'Closed', half_open: 'Half-open', open: 'Open' }[state];
}

function breakerSentence(breaker: BreakerView | undefined, now: number): string {
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
