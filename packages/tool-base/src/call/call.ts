import type { RecordedCall } from '../declare/ports.ts';
import { describeError } from '../result/describe-error.ts';
import type { Tool } from '../tool/tool.ts';
import type { CallRequest } from './call-context.ts';
import type { CallSlot } from './call-slot.ts';
import type { Confirmation } from '../result/tool-result.ts';
import type { StopReason } from './deadline.ts';

/** What is known of a call while it passes through the steps. Times in milliseconds. */
export interface Call {
  readonly tool: Tool | undefined;
  readonly request: CallRequest;
  readonly correlationId: string;
  slot: CallSlot | undefined;
  record: RecordedCall | undefined;
  /** What the client's user answered, where the tool asks for it. */
  confirmation: Confirmation | undefined;
  queueMs: number;
  /** Monotonic; undefined for a call that did not begin to run. */
  startedAt: number | undefined;
  durationMs: number;
}

/** How a run settled: it returned, it threw, or it was stopped, when a value is only a partial one. */
export interface RunResult {
  readonly value?: unknown;
  /** Present whenever the run threw, even if it threw `undefined`. */
  readonly thrown?: unknown;
  readonly stopReason?: StopReason | undefined;
}

/** Writes an error to the operator's log; a log that throws does not change the call. */
export function logError(call: Call, level: 'warn' | 'error', message: string, error: unknown): void {
  try {
    call.request.operatorLog?.[level](message, {
      tool: call.tool?.name,
      correlationId: call.correlationId,
      error: describeError(error),
    });
  } catch {
    // There is no other place to report it.
  }
}

export function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
