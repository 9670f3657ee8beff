export interface StreamQuotaOptions {
  /** Connections of one caller. @default 8 */
  readonly maxPerCaller?: number;
  /** Connections of all callers together. @default 50 */
  readonly maxTotal?: number;
}

/**
 * Limits the connections that may stay open without work being done on them: subscription streams, and calls that wait for
 * input from their client. One caller cannot take them all, and all callers together leave some for calls and probes.
 */
export class StreamQuota {
  readonly #maxPerCaller: number;
  readonly #maxTotal: number;
  readonly #byCaller = new Map<string, number>();
  #total = 0;

  constructor({ maxPerCaller = 8, maxTotal = 50 }: StreamQuotaOptions = {}) {
    this.#maxPerCaller = maxPerCaller;
    this.#maxTotal = maxTotal;
  }

  get maxPerCaller(): number {
    return this.#maxPerCaller;
  }

  get isFull(): boolean {
    return this.#total >= this.#maxTotal;
  }

  /** @returns disposed of when the connection has ended; `undefined` when the caller or the server has no place left */
  acquire(caller: string): Disposable | undefined {
    const own = this.#byCaller.get(caller) ?? 0;
    if (this.isFull || own >= this.#maxPerCaller) return undefined;
    this.#byCaller.set(caller, own + 1);
    this.#total += 1;
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (held) this.#release(caller);
        held = false;
      },
    };
  }

  #release(caller: string): void {
    this.#total -= 1;
    const own = (this.#byCaller.get(caller) ?? 1) - 1;
    if (own > 0) this.#byCaller.set(caller, own);
    else this.#byCaller.delete(caller);
  }
}
