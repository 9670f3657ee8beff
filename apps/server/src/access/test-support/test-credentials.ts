import type { ActiveCredentials } from '../active-credentials.ts';
import type { Principal } from '../principal.ts';

/** Every principal is active until revoked. */
export class TestCredentials implements ActiveCredentials {
  readonly #revoked = new Set<Principal>();
  readonly #listeners = new Set<() => void>();

  revoke(principal: Principal): void {
    this.#revoked.add(principal);
    for (const listener of this.#listeners) listener();
  }

  /** As when a token expires: no listener is called. */
  expire(principal: Principal): void {
    this.#revoked.add(principal);
  }

  has(principal: Principal): boolean {
    return !this.#revoked.has(principal);
  }

  readonly expiries = new Map<Principal, number>();

  expiresAtMs(principal: Principal): number | undefined {
    return this.expiries.get(principal);
  }

  onChanged(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Registered listeners. */
  get listening(): number {
    return this.#listeners.size;
  }
}
