import type { CurrentCallers } from '../current-callers.ts';
import type { Principal } from '../principal.ts';

/** Everyone counts until withdrawn. */
export class TestCallers implements CurrentCallers {
  readonly #withdrawn = new Set<Principal>();
  readonly #listeners = new Set<() => void>();

  withdraw(principal: Principal): void {
    this.#withdrawn.add(principal);
    for (const listener of this.#listeners) listener();
  }

  holds(principal: Principal): boolean {
    return !this.#withdrawn.has(principal);
  }

  onChanged(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Those who would be told. */
  get listening(): number {
    return this.#listeners.size;
  }
}
