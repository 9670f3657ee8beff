import type { BreakerSharing as Policy } from '../configuration/shape/server-config.ts';
import type { SharedBreakers, SharedBreakersOptions } from '../cluster/shared/shared-breakers.ts';

/** Follows `cluster.breakers`: while it is `off`, nothing is loaded, sent or applied. */
export class BreakerSharing implements Disposable {
  readonly #options: Pick<SharedBreakersOptions, 'engine' | 'events' | 'registry'>;
  #shared: SharedBreakers | undefined;
  /** Breakers of this server that have opened because of another server. */
  openings = 0;

  constructor(options: Pick<SharedBreakersOptions, 'engine' | 'events' | 'registry'>) {
    this.#options = options;
  }

  async apply(policy: Policy): Promise<void> {
    if (policy === 'off') return this[Symbol.dispose]();
    const { SharedBreakers } = await import('../cluster/shared/shared-breakers.ts');
    this.#shared ??= new SharedBreakers({ ...this.#options, policy, onOpened: () => (this.openings += 1) });
    this.#shared.policy = policy;
  }

  receive(opening: string): void {
    this.#shared?.receive(opening);
  }

  [Symbol.dispose](): void {
    this.#shared?.[Symbol.dispose]();
    this.#shared = undefined;
  }
}
