/** The trust decision of one list of an upstream, with what is remembered where the store cannot keep it. */
import type { Pin, Pinning, Pins } from './pins.ts';
import {
  decideTrust,
  PinStoreError,
  type Named,
  type Pending,
  type PinStore,
  type TrustDecision,
  type TrustMode,
} from './trust.ts';

export interface TrustOptions {
  readonly mode: TrustMode;
  readonly store: PinStore;
}

export class TrustGate<Item extends Named> {
  readonly mode: TrustMode;
  readonly #key: string;
  readonly #pinning: Pinning<Item>;
  readonly #store: PinStore | undefined;
  /** The first list, where the store could not keep it: it holds until this process ends. */
  #inMemory: Pins | undefined;
  #problem: string | undefined;

  constructor(key: string, options: TrustOptions | undefined, pinning: Pinning<Item>) {
    this.#key = key;
    this.#pinning = pinning;
    this.mode = options?.mode ?? 'open';
    this.#store = options?.store;
  }

  /** Why approvals cannot be read or kept. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Nothing is trusted while it cannot be known what was approved. */
  readonly decide = (listed: readonly Item[]): TrustDecision<Item> => {
    this.#problem = undefined;
    try {
      const approved = this.mode === 'open' ? undefined : this.#approved();
      const decision = decideTrust(this.#pinning, this.mode, approved, listed);
      if (decision.baseline !== undefined) this.#keep(decision.baseline);
      return decision;
    } catch (error) {
      if (!(error instanceof PinStoreError)) throw error;
      this.#problem = error.message;
      return { trusted: [], pending: [] };
    }
  };

  /** @throws {PinStoreError} when it cannot be kept */
  approve(items: readonly Pending<Item>[]): void {
    const added = Object.fromEntries(items.map(({ item, after }): [string, Pin] => [item.name, after]));
    this.#store?.write(this.#key, this.#pinning.list, { ...this.#approved(), ...added });
    this.#inMemory = undefined;
  }

  /**
   * Of what waits that of one name, as clients use it, or all.
   * @returns the names that were approved
   * @throws {PinStoreError} when it cannot be kept
   */
  approveNamed(
    waiting: readonly { readonly exposed: string; readonly pending: Pending<Item> }[],
    name: string | undefined,
  ): readonly string[] {
    const chosen = waiting.filter(({ exposed }) => name === undefined || exposed === name);
    if (chosen.length > 0) this.approve(chosen.map(({ pending }) => pending));
    return chosen.map(({ exposed }) => exposed);
  }

  #approved(): Pins | undefined {
    return this.#store?.read(this.#key, this.#pinning.list) ?? this.#inMemory;
  }

  #keep(baseline: Pins): void {
    try {
      this.#store?.write(this.#key, this.#pinning.list, baseline);
    } catch (error) {
      if (!(error instanceof PinStoreError)) throw error;
      this.#inMemory = baseline;
      this.#problem = `${error.message} The first list counts until this process ends.`;
    }
  }
}
