import type { ToolTextsAnswer, UpstreamAnswer } from '../api/answers.ts';
import type { Tone } from './outcome.ts';

type Condition = Pick<UpstreamAnswer, 'enabled' | 'state' | 'circuitBreaker'>;

/** The state in a word; an open breaker is worse than a connection that is not needed now. */
export function upstreamState({ enabled, state, circuitBreaker }: Condition): string {
  if (!enabled) return 'disabled';
  return circuitBreaker === 'open' ? 'breaker open' : state;
}

export function upstreamTone(upstream: Condition): Tone {
  switch (upstreamState(upstream)) {
    case 'ready':
      return 'good';
    case 'failed':
    case 'breaker open':
      return 'bad';
    case 'starting':
      return 'warn';
    default:
      return 'neutral';
  }
}

/** How many have failed and how many tools wait, in words. */
export function upstreamSummary(upstreams: readonly UpstreamAnswer[]): string {
  const failed = upstreams.filter((upstream) => upstreamTone(upstream) === 'bad').length;
  const waiting = upstreams.reduce((sum, { pending }) => sum + pending, 0);
  const parts = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(waiting > 0 ? [`${waiting} ${waiting === 1 ? 'waits' : 'wait'} for approval`] : []),
  ];
  return parts.join(', ');
}

export interface ChangedText {
  readonly part: 'title' | 'description' | 'inputSchema' | 'outputSchema' | 'arguments';
  /** Undefined where there was none, or is none now. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** The texts of a tool that differ from the approved ones. */
export function changedTexts(before: ToolTextsAnswer | null, after: ToolTextsAnswer): readonly ChangedText[] {
  const parts = ['title', 'description', 'inputSchema', 'outputSchema', 'arguments'] as const;
  return parts.flatMap((part) => {
    const texts = { part, before: textOf(before?.[part]), after: textOf(after[part]) };
    return texts.before === texts.after ? [] : [texts];
  });
}

function textOf(value: object | string | undefined): string | undefined {
  return typeof value === 'object' ? JSON.stringify(value, undefined, 2) : value;
}
