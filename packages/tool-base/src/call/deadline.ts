/**
 * What stops one run: its own deadline and the caller's abort signal, which the tool sees as one signal. The signal is made only
 * when the tool reads it, because most short tools never do.
 */

import type { Clock } from '../clock.ts';
import { ToolError } from '../result/tool-error.ts';

export type StopReason = 'timeout' | 'cancelled';

/** Stands for a run that had not settled when it was stopped. */
export const UNSETTLED: unique symbol = Symbol('unsettled');

/**
 * A timer this late means that the process did not run: the machine slept, or the event loop was blocked. The tool could not run
 * either, or its result was not read, so the missed time is added once.
 */
const LATE_MS = 1000;

export class Deadline {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #callerSignal: AbortSignal | undefined;
  #controller: AbortController | undefined;
  #stopReason: StopReason | undefined;

  constructor(clock: Clock, timeoutMs: number, callerSignal: AbortSignal | undefined) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#callerSignal = callerSignal;
  }

  /** Set once the run was stopped; what it still returns is then only a partial result. */
  get stopReason(): StopReason | undefined {
    return this.#stopReason;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#stopReason !== undefined) this.#controller.abort(abortReason(this.#stopReason));
    }
    return this.#controller.signal;
  }

  /**
   * Waits for the run, but not past the deadline or the caller's abort, plus `settleMs` in which an aborted run may still
   * return what it has.
   */
  race<T>(run: PromiseLike<T>, settleMs: number): Promise<T | typeof UNSETTLED> {
    return new Promise((resolve, reject) => {
      const dueAt = this.#clock.monotonicMs() + this.#timeoutMs;
      const onTime = (): void => {
        const lateMs = this.#clock.monotonicMs() - dueAt;
        if (lateMs < LATE_MS) stop('timeout');
        else timer = this.#clock.setTimer(Math.min(lateMs, this.#timeoutMs), () => stop('timeout'));
      };
      let timer = this.#clock.setTimer(this.#timeoutMs, onTime);
      const onAbort = (): void => stop('cancelled');
      const callerSignal = this.#callerSignal;
      const stopWaiting = (): void => {
        timer[Symbol.dispose]();
        callerSignal?.removeEventListener('abort', onAbort);
      };
      const stop = (reason: StopReason): void => {
        stopWaiting();
        this.#stopReason = reason;
        this.#controller?.abort(abortReason(reason));
        if (settleMs <= 0) resolve(UNSETTLED);
        else timer = this.#clock.setTimer(settleMs, () => resolve(UNSETTLED));
      };
      run.then(
        (value) => {
          stopWaiting();
          resolve(value);
        },
        (error: unknown) => {
          stopWaiting();
          reject(error);
        },
      );
      if (callerSignal?.aborted === true) stop('cancelled');
      else callerSignal?.addEventListener('abort', onAbort, { once: true });
    });
  }
}

function abortReason(reason: StopReason): ToolError {
  return reason === 'timeout'
    ? new ToolError('timeout', 'The time limit has passed.')
    : new ToolError('cancelled', 'The call was cancelled.');
}
