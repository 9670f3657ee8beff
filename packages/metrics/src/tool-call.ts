import type { Clock } from './clock.ts';
import type { CallOutcome } from './outcome.ts';
import type { ToolRecord } from './tool-record.ts';
import type { ToolTable } from './tool-table.ts';

/** What every call of one ToolMetrics needs to end. */
export interface CallContext {
  readonly clock: Clock;
  readonly table: ToolTable;
  readonly epochMs: () => number;
  /** All calls ever ended, those of evicted tools included. */
  calls: number;
}

/**
 * One running call. Exactly one `end` counts; later ones do nothing.
 * Disposing it (`using call = metrics.start(name)`) records a call that nobody ended as cancelled.
 */
export class ToolCall implements Disposable {
  readonly #context: CallContext;
  readonly #startedMs: number;
  #record: ToolRecord | undefined;

  constructor(context: CallContext, record: ToolRecord, nowMs: number) {
    this.#context = context;
    this.#record = record;
    this.#startedMs = nowMs;
    record.active++;
  }

  /** Records how the call ended. Never throws, whatever the outcome is or holds. */
  end(outcome: CallOutcome): void {
    const record = this.#record;
    if (record === undefined) return;
    this.#record = undefined;
    const context = this.#context;
    const nowMs = context.clock.monotonicMs();
    context.calls++;
    record.active--;
    record.record(outcome, nowMs - this.#startedMs, nowMs, context.epochMs);
    if (record.leaving) context.table.release(record);
    else context.table.touch(record, nowMs);
  }

  [Symbol.dispose](): void {
    this.end({ status: 'cancelled' });
  }
}
