import { LatencySketch } from './latency-sketch.ts';
import { outcomeKind } from './outcome.ts';
import { SeriesPoints, type Points, type Span } from './series-points.ts';
import { endOfSecond, SECOND_MS, type Second } from './sliding-totals.ts';

/** Numbers of calls by how they ended. */
export interface CallCounts {
  readonly calls: number;
  readonly failed: number;
  readonly rejected: number;
}

/** The calls of one tool, or of all, by second; seconds without a call take no memory. */
export class CallSeries {
  readonly #seconds = new Map<number, Second>();
  readonly #points = new SeriesPoints(this.#seconds);

  add({ at, outcome, durationMs }: { at: number; outcome: string; durationMs: number }): void {
    const index = Math.floor(at / SECOND_MS);
    let second = this.#seconds.get(index);
    if (second === undefined) {
      second = { calls: 0, failed: 0, rejected: 0, latency: undefined };
      this.#seconds.set(index, second);
    }
    const kind = outcomeKind(outcome);
    second.calls++;
    if (kind === 'failed') second.failed++;
    // A call that did not run has no latency.
    if (kind === 'rejected') second.rejected++;
    else (second.latency ??= new LatencySketch()).add(durationMs);
    this.#points.invalidateAfter(at);
  }

  /** Removes the calls before `at`. A call that arrived out of order may stay a little longer. */
  forgetBefore(at: number): void {
    for (const index of this.#seconds.keys()) {
      if ((index + 1) * SECOND_MS > at) return;
      this.#seconds.delete(index);
    }
  }

  /** The calls in the `lengthMs` before `to`. */
  counts(to: number, lengthMs: number): CallCounts {
    const counts = { calls: 0, failed: 0, rejected: 0 };
    this.#each(to, lengthMs, ({ calls, failed, rejected }) => {
      counts.calls += calls;
      counts.failed += failed;
      counts.rejected += rejected;
    });
    return counts;
  }

  /** The latencies in the `lengthMs` before `to`. */
  latency(to: number, lengthMs: number): LatencySketch {
    const sum = new LatencySketch();
    this.#each(to, lengthMs, ({ latency }) => latency && sum.addAll(latency));
    return sum;
  }

  /** @param knownSince nothing is known of earlier calls; points that would need them are null */
  points(span: Span, to: number, knownSince: number): Points {
    return this.#points.upTo(span, to, knownSince);
  }

  #each(to: number, lengthMs: number, visit: (second: Second) => void): void {
    const end = endOfSecond(to) / SECOND_MS;
    for (let index = end - lengthMs / SECOND_MS; index < end; index++) {
      const second = this.#seconds.get(index);
      if (second) visit(second);
    }
  }
}
