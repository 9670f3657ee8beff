/** A connection or program of one caller, as far as it depends on it which one has to go. */
export interface HeldInstance {
  readonly caller: string | undefined;
  /** Calls that use it now. */
  readonly users: number;
  /** When the last of them ended. */
  readonly usedMs: number;
}

/** Of all there may be, for one caller, so that another one can call. */
const MAX_SHARE = 0.75;

/** How many of `limit` one caller may have. */
export function shareOf(limit: number): number {
  return Math.max(1, Math.floor(limit * MAX_SHARE));
}

/**
 * The one that is missed least, or undefined where each is in use. Whoever has the most loses one, or many sessions of one caller would
 * end those of all others.
 */
export function leastNeeded<Held extends HeldInstance>(among: readonly Held[]): Held | undefined {
  const countOf = ({ caller }: Held): number => among.filter((each) => each.caller === caller).length;
  const unused = among.filter(({ users }) => users === 0);
  return unused.sort((a, b) => countOf(b) - countOf(a) || a.usedMs - b.usedMs)[0];
}

/**
 * How many connections or programs beyond the first of each there may be, over all upstreams that share it. Where no more may be, or the
 * caller has its share, one that nobody uses ends for it, of whichever upstream.
 */
export class InstancePlaces {
  /** A lower one takes effect as those that are there end. */
  limit: number;
  /** With what ends each. */
  readonly #held = new Map<HeldInstance, () => void>();

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Whether it has as many as one caller may have. */
  hasShare(caller: string | undefined): boolean {
    return this.#of(caller).length >= shareOf(this.limit);
  }

  /**
   * @param end ends the instance and gives its place back
   * @returns undefined when there is none for this caller; a place is free again once it is disposed
   */
  take(instance: HeldInstance, end: () => void): Disposable | undefined {
    if (this.hasShare(instance.caller)) this.#endOne(this.#of(instance.caller));
    else if (this.#held.size >= this.limit) this.#endOne([...this.#held.keys()]);
    if (this.#held.size >= this.limit || this.hasShare(instance.caller)) return undefined;
    this.#held.set(instance, end);
    return { [Symbol.dispose]: () => void this.#held.delete(instance) };
  }

  #of(caller: string | undefined): HeldInstance[] {
    return [...this.#held.keys()].filter((each) => each.caller === caller);
  }

  #endOne(among: readonly HeldInstance[]): void {
    const unused = leastNeeded(among);
    if (unused !== undefined) this.#held.get(unused)?.();
  }
}
