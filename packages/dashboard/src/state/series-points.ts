import { endOfSecond, SECOND_MS, SlidingTotals, type Second } from './sliding-totals.ts';

/** The time that a plot shows, the distance of its points, and the time over which each point is an average. */
export interface Span {
  readonly label: string;
  readonly lengthMs: number;
  readonly stepMs: number;
  /** Rates are averages over this time before each point; at least `stepMs`, so that no call falls between two points. */
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

/** Percentiles are over this time before each point. */
const LATENCY_OVER_MS = 60_000;
const SHARES = [0.5, 0.95, 0.99];

/** The points of one series. Points that cannot change any more are kept from one drawing to the next. */
export class SeriesPoints {
  readonly #seconds: ReadonlyMap<number, Second>;
  #points = emptyPoints();
  #span: Span | undefined;
  #knownSince = Number.NaN;
  /** Points up to this time are final, as far as no earlier call arrives. */
  #validUntil = Number.NEGATIVE_INFINITY;

  constructor(seconds: ReadonlyMap<number, Second>) {
    this.#seconds = seconds;
  }

  /** A call that ended at `at` changes the points after it. */
  invalidateAfter(at: number): void {
    this.#validUntil = Math.min(this.#validUntil, at);
  }

  /** @returns copies */
  upTo(span: Span, to: number, knownSince: number): Points {
    if (span !== this.#span || knownSince !== this.#knownSince) {
      this.#points = emptyPoints();
      this.#span = span;
      this.#knownSince = knownSince;
    }
    const end = endOfSecond(to);
    const start = Math.ceil((end - span.lengthMs) / span.stepMs) * span.stepMs;
    this.#keep(start, this.#validUntil);
    this.#compute(span, start, end, knownSince);
    this.#validUntil = end;
    return copyOf(this.#points);
  }

  /** Removes the points before `start` and after `until`. */
  #keep(start: number, until: number): void {
    const { at } = this.#points;
    const first = at.findIndex((seconds) => seconds * SECOND_MS >= start);
    const kept = at.filter((seconds) => seconds * SECOND_MS >= start && seconds * SECOND_MS <= until).length;
    for (const values of Object.values(this.#points)) {
      values.splice(0, first < 0 ? values.length : first);
      values.splice(kept);
    }
  }

  /** Points are at multiples of the step, so that each keeps its value while the plot moves on; and one is at the end. */
  #compute(span: Span, start: number, end: number, knownSince: number): void {
    const points = this.#points;
    // The point at the end of the last drawing is replaced, unless it is at a multiple of the step.
    const last = (points.at.at(-1) ?? Number.NaN) * SECOND_MS;
    if (last % span.stepMs !== 0) for (const values of Object.values(points)) values.pop();
    const rates = new SlidingTotals(this.#seconds, span.rateOverMs);
    const latencies = new SlidingTotals(this.#seconds, LATENCY_OVER_MS);
    const append = (at: number): void => {
      rates.moveTo(at);
      latencies.moveTo(at);
      const known = at - span.rateOverMs >= knownSince;
      const perSecond = (count: number): number | null => (known ? (count * SECOND_MS) / span.rateOverMs : null);
      points.at.push(at / SECOND_MS);
      points.calls.push(perSecond(rates.calls));
      points.failed.push(perSecond(rates.failed));
      points.rejected.push(perSecond(rates.rejected));
      const [p50, p95, p99] = at >= knownSince ? latencies.latency.quantiles(SHARES) : [];
      points.p50.push(p50 ?? null);
      points.p95.push(p95 ?? null);
      points.p99.push(p99 ?? null);
    };
    const next = (points.at.at(-1) ?? Number.NaN) * SECOND_MS + span.stepMs;
    for (let at = Number.isNaN(next) ? start : next; at < end; at += span.stepMs) append(at);
    if (points.at.at(-1) !== end / SECOND_MS) append(end);
  }
}

function emptyPoints(): Points {
  return { at: [], calls: [], failed: [], rejected: [], p50: [], p95: [], p99: [] };
}

function copyOf(points: Points): Points {
  return {
    at: [...points.at],
    calls: [...points.calls],
    failed: [...points.failed],
    rejected: [...points.rejected],
    p50: [...points.p50],
    p95: [...points.p95],
    p99: [...points.p99],
  };
}
