import type { HealthStatus } from '../status.ts';
import { RingBuffer } from './ring-buffer.ts';

/** A change of the overall status, of the status of one check, or of both. */
export interface HealthChange {
  /** Epoch milliseconds. */
  readonly time: number;
  /** The overall status. */
  readonly status: HealthStatus;
  /** The overall status before. */
  readonly previousStatus: HealthStatus;
  /** The check whose run caused it; undefined when a check was added or removed, or draining began. */
  readonly check:
    | { readonly name: string; readonly status: HealthStatus; readonly previousStatus: HealthStatus }
    | undefined;
}

/** Keeps the newest changes and calls the listeners. */
export class ChangeLog {
  readonly #changes: RingBuffer<HealthChange>;
  readonly #listeners = new Set<(change: HealthChange) => void>();

  constructor(size: number) {
    this.#changes = new RingBuffer(size);
  }

  add(change: HealthChange): void {
    this.#changes.push(change);
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch {
        process.emitWarning("a listener of HealthMonitor's 'changed' event threw", 'HealthListenerWarning');
      }
    }
  }

  /** The same function may be added twice; each addition is disposed on its own. */
  listen(listener: (change: HealthChange) => void): Disposable {
    const added = (change: HealthChange): void => listener(change);
    this.#listeners.add(added);
    return { [Symbol.dispose]: () => void this.#listeners.delete(added) };
  }

  removeListeners(): void {
    this.#listeners.clear();
  }

  /** Oldest first. */
  toArray(): HealthChange[] {
    return this.#changes.toArray();
  }
}
