import { HISTORY_MS } from './call-history.ts';
import type { Span } from './series-points.ts';

const fiveMinutes: Span = { label: '5 min', lengthMs: 300_000, stepMs: 2000, rateOverMs: 10_000 };

/** What the plots can show. */
export const spans: readonly Span[] = [
  fiveMinutes,
  { label: '15 min', lengthMs: 900_000, stepMs: 5000, rateOverMs: 20_000 },
  { label: '1 h', lengthMs: HISTORY_MS, stepMs: 20_000, rateOverMs: 60_000 },
];

/** @param label '' or an unknown one stands for the default */
export function spanOf(label: string): Span {
  return spans.find((span) => span.label === label) ?? fiveMinutes;
}
