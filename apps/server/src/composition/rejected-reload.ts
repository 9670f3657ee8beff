import type { ConfigStore, Problem } from '@mcp/config';

import { systemClock, type Clock } from '../foundation/clock.ts';

export interface RejectedReload {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly problems: readonly Pick<Problem, 'path' | 'message' | 'suggestion' | 'origin'>[];
}

/** Remembers the last rejected reload until a reload succeeds, also one that changes nothing. */
export class RejectedReloads implements Disposable {
  readonly #store: Pick<ConfigStore<unknown>, 'on' | 'statistics'>;
  readonly #subscription: Disposable;
  #last: RejectedReload | null = null;

  constructor(store: Pick<ConfigStore<unknown>, 'on' | 'statistics'>, clock: Clock = systemClock) {
    this.#store = store;
    this.#subscription = store.on('rejected', ({ problems }) => {
      this.#last = { at: clock.epochMs(), problems };
    });
  }

  /** Null when the last reload succeeded. */
  get last(): RejectedReload | null {
    return this.#store.statistics.problems === 0 ? null : this.#last;
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]();
  }
}
