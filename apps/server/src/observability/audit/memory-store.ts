import type { AuditEntry } from './audit-entry.ts';
import { matchesQuery, type AuditStore, type CheckedAuditQuery, type Retention } from './audit-store.ts';

/** The newest entries, in memory only; lost at a restart. */
export class MemoryAuditStore implements AuditStore {
  readonly kind = 'memory';
  readonly #capacity: number;
  // Oldest first, by id.
  #entries: AuditEntry[] = [];

  /** @param capacity entries kept, 1 or more */
  constructor(capacity: number = 10_000) {
    if (!Number.isInteger(capacity) || capacity < 1) {
      throw new RangeError(`capacity must be an integer of 1 or more, got ${String(capacity)}`);
    }
    this.#capacity = capacity;
  }

  async append(entries: readonly AuditEntry[]): Promise<void> {
    this.#entries.push(...entries);
    // Trimmed rarely: the array may be a tenth longer than the capacity.
    if (this.#entries.length > this.#capacity * 1.1) this.#entries = this.#entries.slice(-this.#capacity);
  }

  async query(query: CheckedAuditQuery): Promise<AuditEntry[]> {
    const found: AuditEntry[] = [];
    const oldest = Math.max(0, this.#entries.length - this.#capacity);
    for (let i = this.#entries.length - 1; i >= oldest && found.length < query.limit; i--) {
      const entry = this.#entries[i];
      if (entry !== undefined && matchesQuery(entry, query)) found.push(entry);
    }
    return found;
  }

  async prune({ before, maxEntries }: Retention): Promise<void> {
    this.#entries = this.#entries.filter((entry) => entry.at >= before).slice(-maxEntries);
  }

  async close(): Promise<void> {
    this.#entries = [];
  }
}
