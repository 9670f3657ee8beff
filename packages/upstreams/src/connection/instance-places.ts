/** How many connections or programs beyond the first of each there may be, over all upstreams that share it. */
export class InstancePlaces {
  /** A lower one takes effect as those that are there end. */
  limit: number;
  #taken = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** @returns undefined when all are taken; a place is free again once it is disposed */
  take(): Disposable | undefined {
    if (this.#taken >= this.limit) return undefined;
    this.#taken += 1;
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (isHeld) this.#taken -= 1;
        isHeld = false;
      },
    };
  }
}
