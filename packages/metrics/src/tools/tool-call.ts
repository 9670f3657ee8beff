import type { Clock } from '../clock.ts';
import type { CallOutcome } from './call-outcome.ts';
import type { ToolRecord } from './tool-record.ts';
import type { ToolTable } from './tool-table.ts';

/** What all calls of one ToolMetrics share. */
export interface CallContext {
  readonly clock: Clock;
  readonly table: ToolTable;
  readonly epochMs: () => number;
  /** Finished calls, including those of evicted tools. */
  calls: number;
}

/**
 * One running call. Only the first `end` counts.
 * Disposing of a call that was not ended (`using call = metrics.start(name)`) records it as cancelled.
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

  /** Records how the call ended. Does not throw for an invalid outcome. */
  end(outcome: CallOutcome): void {
    const record = this.#record;
    if (record === undefined) return;
    this.#record = undefined;
    const context = this.#context;
    const nowMs = context.clock.monotonicMs();
    context.calls++;
    record.active--;
    record.record(outcome, nowMs - this.#startedMs, nowMs, context.epochMs);
    if (record.removed) context.table.release(record);
    else context.table.touch(record, nowMs);
  }

  [Symbol.dispose](): void {
    this.end({ status: 'cancelled' });
  }
}
