import type { BreakerAnswer, BreakerState, ToolAnswer } from '../api/answers.ts';

/** A tool as the page shows it. Times are on the monotonic clock of the page. */
export interface ToolView extends ToolAnswer {
  readonly breakers: readonly BreakerView[];
}

export interface BreakerView {
  readonly name: string;
  readonly state: BreakerState;
  readonly forced: 'open' | 'closed' | null;
  /** When an open breaker admits a probe; undefined when it may now, or when an operator forced the state. */
  readonly retryAtMs: number | undefined;
}

/** @param now on the monotonic clock */
export function toolView(tool: ToolAnswer, now: number): ToolView {
  return { ...tool, breakers: tool.circuitBreaker.breakers.map((breaker) => breakerView(breaker, now)) };
}

/** @param now on the monotonic clock */
export function breakerView({ name, state, retryAfterMs, forced }: BreakerAnswer, now: number): BreakerView {
  // For a breaker that was forced open the server gives callers a delay too, but nothing changes when it is over.
  return { name, state, forced, retryAtMs: retryAfterMs > 0 && forced === null ? now + retryAfterMs : undefined };
}

const SEVERITY: readonly BreakerState[] = ['open', 'half_open', 'closed'];

/** The breaker to show for the tool: the most severe state, and of equal ones the one that stays open longest. */
export function leadingBreaker({ breakers }: ToolView): BreakerView | undefined {
  return breakers.toSorted(
    (a, b) =>
      SEVERITY.indexOf(a.state) - SEVERITY.indexOf(b.state) || (b.retryAtMs ?? Infinity) - (a.retryAtMs ?? Infinity),
  )[0];
}
