import type { SharedSlots, SlotUser } from '@mcp/tool-base';

import type { Clock } from '../foundation/clock.ts';

export interface LentSlotsOptions {
  /** Asks the primary for one slot, which comes with {@link LentSlots.lend}. */
  readonly want: (total: number) => void;
  readonly giveBack: () => void;
  readonly clock: Pick<Clock, 'setTimer'>;
}

/** A slot that no call has needed for so long goes back. Until then the next call takes it without asking the primary. */
const IDLE_MS = 50;

/** The slots of one tool that the primary has lent to this worker. */
export class LentSlots implements SharedSlots {
  readonly #options: LentSlotsOptions;
  readonly #users = new Set<SlotUser>();
  /** The concurrency limit of the tool. */
  total = 1;
  /** Requests that the primary has not answered. */
  #wanted = 0;
  #idle = 0;
  /** The fewest that were idle since the timer was set: those were not needed. */
  #unused = 0;
  #recalled = 0;
  #isWatchingIdle = false;

  constructor(options: LentSlotsOptions) {
    this.#options = options;
  }

  tryTake(): boolean {
    if (this.#idle === 0) return false;
    this.#idle -= 1;
    this.#unused = Math.min(this.#unused, this.#idle);
    return true;
  }

  request(user: SlotUser): void {
    this.#users.add(user);
    this.#askForMore();
  }

  mayKeep(): boolean {
    return this.#recalled === 0;
  }

  give(): void {
    if (this.#recalled > 0) {
      this.#recalled -= 1;
      this.#options.giveBack();
      return;
    }
    this.#idle += 1;
    if (!this.#isWatchingIdle) this.#watchIdle();
  }

  /** From the primary: one slot more. */
  lend(): void {
    this.#wanted -= 1;
    const user = [...this.#users].find(({ queued }) => queued > 0);
    if (user) user.admitFirst();
    else this.give();
    this.#askForMore();
  }

  /** From the primary: another worker needs one. */
  recall(): void {
    this.#recalled += 1;
    if (this.tryTake()) this.give();
  }

  #askForMore(): void {
    let queued = 0;
    for (const user of this.#users) {
      queued += user.queued;
      if (user.queued === 0) this.#users.delete(user);
    }
    for (; this.#wanted < Math.min(queued, this.total); this.#wanted += 1) this.#options.want(this.total);
  }

  #watchIdle(): void {
    this.#isWatchingIdle = true;
    this.#unused = this.#idle;
    this.#options.clock.setTimer(IDLE_MS, () => {
      this.#isWatchingIdle = false;
      for (; this.#unused > 0; this.#unused -= 1) {
        this.#idle -= 1;
        this.#options.giveBack();
      }
      if (this.#idle > 0) this.#watchIdle();
    });
  }
}
