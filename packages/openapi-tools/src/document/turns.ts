import { setImmediate as nextTurn } from 'node:timers/promises';

import { systemClock } from '../clock.ts';

const TURN_MS = 10;

/** Long work in turns of the event loop, so that other work does not wait for the end of it. */
export class Turns {
  #end = systemClock.monotonicMs() + TURN_MS;

  /** Gives way to other work where this turn has lasted long enough. */
  async giveWay(): Promise<void> {
    if (systemClock.monotonicMs() < this.#end) return;
    await nextTurn();
    this.#end = systemClock.monotonicMs() + TURN_MS;
  }
}
