import { bucketIndex } from './buckets.ts';
import type { ErrorTypes } from './error-types.ts';
import { FAILED, LatencyWindow, NEUTRAL, SUCCEEDED } from './latency-window.ts';
import {
  CANCELLED,
  type CallOutcome,
  type CallStatus,
  FAILURE,
  MAX_DURATION_MS,
  REJECTED,
  statusIndex,
  SUCCESS,
} from './call-outcome.ts';
import type { RejectedValues } from '../rejected-values.ts';

/** What all records of one ToolMetrics share. Bounds are in milliseconds, so that recording needs no division. */
export interface RecordLayout {
  readonly window: number;
  readonly boundsMs: Float64Array;
  readonly queueBoundsMs: Float64Array;
  readonly errorTypes: ErrorTypes;
  readonly rejected: RejectedValues;
}

/** The last call with a trace id that fell into a bucket. */
export interface RecordedExemplar {
  traceId: string;
  seconds: number;
  epochSeconds: number;
}

const TRACE_ID = /^[\w-]{1,64}$/;

/**
 * The numbers of one tool. Recording is the hot path: a call only changes these fields, and series and statistics are
 * computed from them when they are read.
 */
export class ToolRecord {
  readonly tool: string;
  readonly layout: RecordLayout;
  active = 0;
  succeeded = 0;
  /** Calls that did not succeed, by `outcomeIndex` of the error types; undefined until the first one. */
  unsuccessful: number[] | undefined;
  /** Executions per duration bucket (not cumulative); the last is +Inf. */
  readonly buckets: number[];
  durationSumMs = 0;
  durationCount = 0;
  durationMinMs: number = Infinity;
  durationMaxMs = 0;
  readonly queueBuckets: number[];
  queueSumMs = 0;
  queueCount = 0;
  outputBytes = 0;
  readonly window: LatencyWindow;
  exemplars: (RecordedExemplar | undefined)[] | undefined = undefined;
  /** Monotonic time of the last use (a declaration or the end of a call), and its number among all uses. */
  lastUsedMs: number;
  lastUse = 0;
  /** Monotonic time at which the last execution ended; negative infinity before the first. */
  lastExecutionMs: number = -Infinity;
  /** Forgotten while calls were running; dropped when the last one ends. */
  removed = false;

  constructor(tool: string, layout: RecordLayout, nowMs: number) {
    this.tool = tool;
    this.layout = layout;
    this.buckets = zeros(layout.boundsMs.length + 1);
    this.queueBuckets = zeros(layout.queueBoundsMs.length + 1);
    this.window = new LatencyWindow(layout.window);
    this.lastUsedMs = nowMs;
  }

  /**
   * Counts one finished call. Does not throw: invalid values are left out and counted as rejected.
   * @param measuredMs the duration if the outcome has none
   */
  record(outcome: CallOutcome, measuredMs: number, nowMs: number, epochMs: () => number): void {
    const { rejected, errorTypes } = this.layout;
    let status: number | undefined;
    let errorType, givenDurationMs, queueMs, outputBytes, traceId;
    try {
      let givenStatus: CallStatus;
      // The status is read last: if reading another member throws, there is none.
      ({ errorType, durationMs: givenDurationMs, queueMs, outputBytes, traceId, status: givenStatus } = outcome);
      status = statusIndex(givenStatus);
    } catch {
      // A getter threw, or the outcome is not an object.
    }
    if (status === undefined) {
      rejected.add('status');
      status = FAILURE;
    }
    if (status === SUCCESS) {
      this.succeeded++;
    } else {
      let type = errorTypes.indexOf(status, errorType);
      if (type === undefined) {
        rejected.add('error_type');
        type = errorTypes.other;
      }
      this.unsuccessful ??= zeros(errorTypes.outcomeCount);
      const index = errorTypes.outcomeIndex(status, type);
      this.unsuccessful[index] = (this.unsuccessful[index] ?? 0) + 1;
    }
    if (queueMs !== undefined) this.#recordQueue(queueMs);
    if (outputBytes !== undefined) this.#recordOutput(outputBytes);
    // A rejected call never ran: its duration of 0 would lower every latency statistic.
    if (status === REJECTED) return;

    this.lastExecutionMs = nowMs;
    const mark = status === SUCCESS ? SUCCEEDED : status === CANCELLED ? NEUTRAL : FAILED;
    const rawDurationMs = givenDurationMs ?? measuredMs;
    if (!isDuration(rawDurationMs)) {
      rejected.add('duration');
      this.window.add(Number.NaN, mark);
      return;
    }
    // Turns -0, which JSON cannot represent, into 0.
    const durationMs = rawDurationMs + 0;
    const bucket = bucketIndex(this.layout.boundsMs, durationMs);
    this.buckets[bucket] = (this.buckets[bucket] ?? 0) + 1;
    this.durationSumMs += durationMs;
    this.durationCount++;
    if (durationMs < this.durationMinMs) this.durationMinMs = durationMs;
    if (durationMs > this.durationMaxMs) this.durationMaxMs = durationMs;
    this.window.add(durationMs, mark);
    if (traceId !== undefined) this.#recordExemplar(traceId, bucket, durationMs, epochMs);
  }

  #recordQueue(queueMs: number): void {
    if (!isDuration(queueMs)) {
      this.layout.rejected.add('queue');
      return;
    }
    const bucket = bucketIndex(this.layout.queueBoundsMs, queueMs);
    this.queueBuckets[bucket] = (this.queueBuckets[bucket] ?? 0) + 1;
    this.queueSumMs += queueMs;
    this.queueCount++;
  }

  #recordOutput(bytes: number): void {
    if (Number.isSafeInteger(bytes) && bytes >= 0) this.outputBytes += bytes;
    else this.layout.rejected.add('output_bytes');
  }

  #recordExemplar(traceId: unknown, bucket: number, durationMs: number, epochMs: () => number): void {
    if (typeof traceId !== 'string' || !TRACE_ID.test(traceId)) {
      this.layout.rejected.add('trace_id');
      return;
    }
    this.exemplars ??= Array.from<undefined>({ length: this.buckets.length });
    this.exemplars[bucket] = { traceId, seconds: durationMs / 1000, epochSeconds: epochMs() / 1000 };
  }
}

/** Plain arrays: a typed array this short needs more memory than its numbers. */
function zeros(length: number): number[] {
  return Array.from({ length }, () => 0);
}

function isDuration(ms: unknown): ms is number {
  return typeof ms === 'number' && ms >= 0 && ms <= MAX_DURATION_MS;
}
