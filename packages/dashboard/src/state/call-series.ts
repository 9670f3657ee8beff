import { LatencySketch } from './latency-sketch.ts';
import { outcomeKind } from './outcome.ts';

/** How a plot looks back: over which time, at how many points, and over how much time each point is an average. */
export interface Span {
  readonly label: string;
  readonly lengthMs: number;
  readonly stepMs: number;
  /** Rates are means over this long before each point; never less than `stepMs`, so that no call falls between two points. */
  readonly rateOverMs: number;
}

/** Parallel arrays, oldest first; null where nothing is known or nothing ran. */
export interface Points {
  /** Seconds since the epoch. */
  readonly at: number[];
  /** Calls, failed ones and rejected ones, each per second. */
  readonly calls: (number | null)[];
  readonly failed: (number | null)[];
  readonly rejected: (number | null)[];
  /** Milliseconds, over the minute before each point. */
  readonly p50: (number | null)[];
  readonly p95: (number | null)[];
  readonly p99: (number | null)[];
}

/** Percentiles are over this long before each point. */
const LATENCY_OVER_MS = 60_000;
const SHARES = [0.5, 0.95, 0.99];
const SECOND = 1000;

interface Second {
  calls: number;
  failed: number;
  rejected: number;
  latency: LatencySketch | undefined;
}

/** The calls of one tool, or of all, second by second; seconds without a call take no space. */
export class CallSeries {
  readonly #seconds = new Map<number, Second>();

  add({ at, outcome, durationMs }: { at: number; outcome: string; durationMs: number }): void {
    const index = Math.floor(at / SECOND);
    let second = this.#seconds.get(index);
    if (second === undefined) {
      second = { calls: 0, failed: 0, rejected: 0, latency: undefined };
      this.#seconds.set(index, second);
    }
    const kind = outcomeKind(outcome);
    second.calls++;
    if (kind === 'failed') second.failed++;
    // What never ran has no latency.
    if (kind === 'rejected') second.rejected++;
    else (second.latency ??= new LatencySketch()).add(durationMs);
  }

  /** Forgets what happened before `at`. */
  forgetBefore(at: number): void {
    for (const index of this.#seconds.keys()) if ((index + 1) * SECOND <= at) this.#seconds.delete(index);
  }

  /** What happened in the `lengthMs` up to `to`. */
  totals(to: number, lengthMs: number): { calls: number; failed: number; rejected: number; latency: LatencySketch } {
    const sliding = new SlidingTotals(this.#seconds, lengthMs);
    sliding.moveTo(endOfSecond(to));
    return sliding;
  }

  /** @param knownSince nothing is known of what happened before; points that would need it are null */
  points(span: Span, to: number, knownSince: number): Points {
    const end = endOfSecond(to);
    const points: Points = { at: [], calls: [], failed: [], rejected: [], p50: [], p95: [], p99: [] };
    const rates = new SlidingTotals(this.#seconds, span.rateOverMs);
    const latencies = new SlidingTotals(this.#seconds, LATENCY_OVER_MS);
    for (const at of momentsOf(span, end)) {
      rates.moveTo(at);
      latencies.moveTo(at);
      const known = at - span.rateOverMs >= knownSince;
      const perSecond = (count: number): number | null => (known ? (count * SECOND) / span.rateOverMs : null);
      points.at.push(at / SECOND);
      points.calls.push(perSecond(rates.calls));
      points.failed.push(perSecond(rates.failed));
      points.rejected.push(perSecond(rates.rejected));
      const [p50, p95, p99] = at >= knownSince ? latencies.latency.quantiles(SHARES) : [];
      points.p50.push(p50 ?? null);
      points.p95.push(p95 ?? null);
      points.p99.push(p99 ?? null);
    }
    return points;
  }
}

/** Multiples of the step, so that a point keeps its value while the plot moves on; and the newest moment. */
function* momentsOf({ lengthMs, stepMs }: Span, end: number): Generator<number> {
  for (let at = Math.ceil((end - lengthMs) / stepMs) * stepMs; at < end; at += stepMs) yield at;
  yield end;
}

function endOfSecond(at: number): number {
  return Math.ceil(at / SECOND) * SECOND;
}

/** Sums over a window that only moves forward: each second enters once and leaves once. */
class SlidingTotals {
  calls = 0;
  failed = 0;
  rejected = 0;
  readonly latency: LatencySketch = new LatencySketch();
  readonly #seconds: ReadonlyMap<number, Second>;
  readonly #length: number;
  /** Index of the first second inside, and of the first behind the end. */
  #from: number | undefined;
  #to = 0;

  constructor(seconds: ReadonlyMap<number, Second>, lengthMs: number) {
    this.#seconds = seconds;
    this.#length = lengthMs / SECOND;
  }

  moveTo(at: number): void {
    const to = at / SECOND;
    const from = to - this.#length;
    if (this.#from === undefined) {
      this.#from = from;
      this.#to = from;
    }
    for (; this.#to < to; this.#to++) this.#count(this.#to, 1);
    for (; this.#from < from; this.#from++) this.#count(this.#from, -1);
  }

  #count(index: number, sign: 1 | -1): void {
    const second = this.#seconds.get(index);
    if (second === undefined) return;
    this.calls += sign * second.calls;
    this.failed += sign * second.failed;
    this.rejected += sign * second.rejected;
    if (second.latency === undefined) return;
    if (sign > 0) this.latency.addAll(second.latency);
    else this.latency.removeAll(second.latency);
  }
}
