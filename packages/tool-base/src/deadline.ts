/**
 * The limits of one run in time: its own deadline and its caller's patience, seen by the tool as one abort signal. The signal is
 * made only when somebody looks at it, because most short tools never do.
 */

import type { Clock } from './ports.ts';
import { ToolError } from './tool-error.ts';

export type EndedBy = 'timeout' | 'cancelled';

/** Stands for a run that had not settled when its time was over. */
export const UNSETTLED: unique symbol = Symbol('unsettled');

export class Deadline {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #caller: AbortSignal | undefined;
  #controller: AbortController | undefined;
  #endedBy: EndedBy | undefined;

  constructor(clock: Clock, timeoutMs: number, caller: AbortSignal | undefined) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#caller = caller;
  }

  /** Set once the run's time is over; what the run still returns is then only a partial result. */
  get endedBy(): EndedBy | undefined {
    return this.#endedBy;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#endedBy !== undefined) this.#controller.abort(abortReason(this.#endedBy));
    }
    return this.#controller.signal;
  }

  /**
   * Waits for the run, but not past the deadline or the caller's abort, plus `settleMs` in which an aborted run may still
   * hand in what it has.
   */
  race<T>(run: PromiseLike<T>, settleMs: number): Promise<T | typeof UNSETTLED> {
    return new Promise((resolve, reject) => {
      let cancelTimer = this.#clock.schedule(() => end('timeout'), this.#timeoutMs);
      const onAbort = (): void => end('cancelled');
      const caller = this.#caller;
      const stopWaiting = (): void => {
        cancelTimer();
        caller?.removeEventListener('abort', onAbort);
      };
      const end = (by: EndedBy): void => {
        stopWaiting();
        this.#endedBy = by;
        this.#controller?.abort(abortReason(by));
        if (settleMs <= 0) resolve(UNSETTLED);
        else cancelTimer = this.#clock.schedule(() => resolve(UNSETTLED), settleMs);
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
      if (caller?.aborted === true) end('cancelled');
      else caller?.addEventListener('abort', onAbort, { once: true });
    });
  }
}

function abortReason(by: EndedBy): ToolError {
  return by === 'timeout'
    ? new ToolError('timeout', 'The time limit has passed.')
    : new ToolError('cancelled', 'The call was cancelled.');
}
