import type { Clock } from '../clock.ts';

export interface HeartbeatOptions {
  readonly clock: Clock;
  /** Milliseconds between two pings. */
  readonly intervalMs: number;
  /** Pings without any answer after which the peer counts as hung. */
  readonly maxMissed: number;
  readonly ping: () => void;
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

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** Begins to ping, for as long as something depends on the peer. */
  start(): void {
    if (this.#timer) return;
    this.#missed = 0;
    this.#options.ping();
    this.#arm();
  }

  stop(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  /** Any message from the peer shows that it works. */
  answered(): void {
    this.#missed = 0;
  }

  #arm(): void {
    const { clock, intervalMs, maxMissed, ping, onHung } = this.#options;
    this.#timer = clock.setTimer(intervalMs, () => {
      this.#missed += 1;
      if (this.#missed >= maxMissed) {
        this.stop();
        onHung();
        return;
      }
      ping();
      this.#arm();
    });
  }
}
