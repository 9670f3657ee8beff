import type { Clock } from '../foundation/clock.ts';
import type { EngineListener } from './engine.ts';

/** How long an engine that does not answer is left alone before the next attempt. */
export const RETRY_MS = 1000;

/**
 * Whether the engine answers. From when it does not, another attempt is made every second until one succeeds; also after a single
 * command that failed, as what it was to share is shared with the next attempt that succeeds.
 */
export class EngineState implements Disposable {
  readonly #clock: Pick<Clock, 'setTimer'>;
  readonly #retry: () => void;
  #current: 'up' | 'down' = 'down';
  #timer: Disposable | undefined;
  #reason: string | undefined;
  /** Notified when the engine goes down, and when it is up again. */
  listener: EngineListener | undefined;

  /** @param retry makes the attempt; it calls {@link up} or {@link retryLater} */
  constructor(clock: Pick<Clock, 'setTimer'>, retry: () => void) {
    this.#clock = clock;
    this.#retry = retry;
  }

  get current(): 'up' | 'down' {
    return this.#current;
  }

  /** Why it is down, as part of a sentence. */
  get reason(): string | undefined {
    return this.#reason;
  }

  up(): void {
    if (this.#current === 'up') return;
    this.#current = 'up';
    this.#reason = undefined;
    this.listener?.onState('up');
  }

  down(reason: string): void {
    this.#reason = reason;
    if (this.#current === 'down') return;
    this.#current = 'down';
    this.listener?.onState('down', reason);
    this.cancelRetry();
    this.retryLater();
  }

  retryLater(): void {
    this.#timer ??= this.#clock.setTimer(RETRY_MS, () => {
      this.#timer = undefined;
      this.#retry();
    });
  }

  cancelRetry(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  [Symbol.dispose](): void {
    this.cancelRetry();
    this.listener = undefined;
  }
}
