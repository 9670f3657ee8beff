/** The trust decision of one upstream, with what is remembered where the store cannot keep it. */
import type { ListedTool } from '../listing/listed-tool.ts';
import type { Pin, Pins } from './pins.ts';
import {
  decideTrust,
  PinStoreError,
  type PendingTool,
  type PinStore,
  type TrustDecision,
  type TrustMode,
} from './trust.ts';

export interface TrustOptions {
  readonly mode: TrustMode;
  readonly store: PinStore;
}

export class TrustGate {
  readonly mode: TrustMode;
  readonly #key: string;
  readonly #store: PinStore | undefined;
  /** The first list, where the store could not keep it: it holds until this process ends. */
  #inMemory: Pins | undefined;
  #problem: string | undefined;

  constructor(key: string, options: TrustOptions | undefined) {
    this.#key = key;
    this.mode = options?.mode ?? 'open';
    this.#store = options?.store;
  }

  /** Why approvals cannot be read or kept. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Nothing is trusted while it cannot be known what was approved. */
  readonly decide = (listed: readonly ListedTool[]): TrustDecision => {
    this.#problem = undefined;
    try {
      const decision = decideTrust(this.mode, this.mode === 'open' ? undefined : this.#approved(), listed);
      if (decision.baseline !== undefined) this.#keep(decision.baseline);
      return decision;
    } catch (error) {
      if (!(error instanceof PinStoreError)) throw error;
      this.#problem = error.message;
      return { trusted: [], pending: [] };
    }
  };

  /** @throws {PinStoreError} when it cannot be kept */
  approve(tools: readonly PendingTool[]): void {
    const added = Object.fromEntries(tools.map(({ tool, after }): [string, Pin] => [tool.name, after]));
    this.#store?.write(this.#key, { ...this.#approved(), ...added });
    this.#inMemory = undefined;
  }

  #approved(): Pins | undefined {
    return this.#store?.read(this.#key) ?? this.#inMemory;
  }

  #keep(baseline: Pins): void {
    try {
      this.#store?.write(this.#key, baseline);
    } catch (error) {
      if (!(error instanceof PinStoreError)) throw error;
      this.#inMemory = baseline;
      this.#problem = `${error.message} The first list counts until this process ends.`;
    }
  }
}
