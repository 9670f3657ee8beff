import type { Progress } from '@mcp/tool-base';

import { systemClock, type Clock } from '../../../../foundation/clock.ts';

/** Long enough for a client to read the progress before the response. */
const DELAY_MS = 20;
/** The latest progress counts. */
const MAX_WAITING = 256;

/**
 * Delays progress over stdio a little, and drops what is still waiting when the call ends. Clients handle a response before
 * a notification that came with it in one read, and report the notification as an error: its token is no longer known.
 * The result makes that progress superfluous.
 */
export class ProgressQueue {
  readonly #send: (progress: Progress) => void;
  readonly #clock: Pick<Clock, 'setTimer'>;
  #waiting: Progress[] = [];
  #timer: Disposable | undefined;
  #ended = false;

  constructor(send: (progress: Progress) => void, clock: Pick<Clock, 'setTimer'> = systemClock) {
    this.#send = send;
    this.#clock = clock;
  }

  add(progress: Progress): void {
    if (this.#ended) return;
    if (this.#waiting.length === MAX_WAITING) this.#waiting.shift();
    this.#waiting.push(progress);
    this.#timer ??= this.#clock.setTimer(DELAY_MS, () => this.#flush());
  }

  discard(): void {
    this.#ended = true;
    this.#waiting = [];
    this.#timer?.[Symbol.dispose]();
  }

  #flush(): void {
    this.#timer = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const progress of waiting) this.#send(progress);
  }
}
