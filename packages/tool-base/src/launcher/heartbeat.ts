import type { Clock } from '../clock.ts';

export interface HeartbeatOptions {
  readonly clock: Clock;
  /** Milliseconds between two pings. */
  readonly intervalMs: number;
  /** Pings without any answer after which the peer counts as hung. */
  readonly maxMissed: number;
  /** The same, including pings that the peer had no chance to answer. */
  readonly maxUnanswered: number;
  readonly ping: () => void;
  /** Asked once for each unanswered ping: whether the peer had a chance to answer it. */
  readonly couldAnswer: () => boolean;
  /** The peer answers after it had not. @default nothing */
  readonly onAnswersAgain?: () => void;
  /** Called once, when the peer has missed too many pings. */
  readonly onHung: () => void;
}

/**
 * Notices a peer that neither answers nor ends. Missed pings are counted, not milliseconds: when this process itself was stopped or
 * starved, the timer fires late and only one ping counts as missed.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #timer: Disposable | undefined;
  #missed = 0;
  #unanswered = 0;
  #isAnswered = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** Begins to ping, for as long as something depends on the peer. */
  start(): void {
    if (this.#timer) return;
    this.answered();
    this.#ping();
  }

  stop(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  /** The last ping was not answered within its interval. */
  get isLate(): boolean {
    return this.#unanswered > 0;
  }

  /** Any message from the peer shows that it works. */
  answered(): void {
    const wasLate = this.isLate;
    this.#isAnswered = true;
    this.#missed = 0;
    this.#unanswered = 0;
    if (wasLate) this.#options.onAnswersAgain?.();
  }

  #ping(): void {
    const { clock, intervalMs, ping } = this.#options;
    this.#isAnswered = false;
    ping();
    this.#timer = clock.setTimer(intervalMs, () => {
      if (!this.#isAnswered) this.#countUnanswered();
      if (this.#timer !== undefined) this.#ping();
    });
  }

  #countUnanswered(): void {
    const { couldAnswer, maxMissed, maxUnanswered, onHung } = this.#options;
    this.#unanswered += 1;
    if (couldAnswer()) this.#missed += 1;
    if (this.#missed < maxMissed && this.#unanswered < maxUnanswered) return;
    this.stop();
    onHung();
  }
}
