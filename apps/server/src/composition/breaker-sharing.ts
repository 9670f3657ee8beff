import type { BreakerSharing as Policy } from '../configuration/shape/server-config.ts';
import type { SharedBreakers, SharedBreakersOptions } from '../cluster/shared/shared-breakers.ts';

/** Follows `cluster.breakers`: while it is `off`, nothing is loaded, sent or applied. */
export class BreakerSharing implements Disposable {
  readonly #options: Pick<SharedBreakersOptions, 'engine' | 'events' | 'registry'>;
  #shared: SharedBreakers | undefined;
  #policy: Policy;
  /** Breakers of this server that have opened because of another server. */
  openings = 0;

  /** @param policy in force from {@link start} on */
  constructor(options: Pick<SharedBreakersOptions, 'engine' | 'events' | 'registry'>, policy: Policy) {
    this.#options = options;
    this.#policy = policy;
  }

  start(): Promise<void> {
    return this.apply(this.#policy);
  }

  async apply(policy: Policy): Promise<void> {
    this.#policy = policy;
    if (policy === 'off') return this[Symbol.dispose]();
    const { SharedBreakers } = await import('../cluster/shared/shared-breakers.ts');
    // Another call may have come meanwhile.
    if (this.#policy !== policy) return;
    this.#shared ??= new SharedBreakers({ ...this.#options, policy, onOpened: () => (this.openings += 1) });
    this.#shared.policy = policy;
  }

  receive(opening: string): void {
    this.#shared?.receive(opening);
  }

  [Symbol.dispose](): void {
    this.#policy = 'off';
    this.#shared?.[Symbol.dispose]();
    this.#shared = undefined;
  }
}
