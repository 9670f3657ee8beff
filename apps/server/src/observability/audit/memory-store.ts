import type { AuditEntry } from './audit-entry.ts';
import { matchesQuery, type AuditStore, type CheckedAuditQuery, type Retention } from './audit-store.ts';

/** Characters of the texts of all entries. A usual entry has a few dozen; one with a message and the values of arguments, thousands. */
const MAX_TEXT = 8 * 1024 * 1024;

/** The newest entries, in memory only; lost at a restart. */
export class MemoryAuditStore implements AuditStore {
  readonly kind = 'memory';
  readonly #capacity: number;
  readonly #maxText: number;
  // Oldest first, by id.
  #entries: AuditEntry[] = [];
  #text = 0;

  /**
   * @param capacity entries kept, 1 or more
   * @param maxText characters kept of their texts
   */
  constructor(capacity: number = 10_000, maxText: number = MAX_TEXT) {
    if (!Number.isInteger(capacity) || capacity < 1) {
      throw new RangeError(`capacity must be an integer of 1 or more, got ${String(capacity)}`);
    }
    this.#capacity = capacity;
    this.#maxText = maxText;
  }

  async append(entries: readonly AuditEntry[]): Promise<void> {
    for (const entry of entries) this.#text += textLength(entry);
    this.#entries.push(...entries);
    // Trimmed rarely: the array may be a tenth longer than the capacity.
    if (this.#entries.length > this.#capacity * 1.1) this.#keep(this.#entries.slice(-this.#capacity));
    if (this.#text > this.#maxText) this.#keep(this.#newestWithin(this.#maxText * 0.9));
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
    this.#keep(this.#entries.filter((entry) => entry.at >= before).slice(-maxEntries));
  }

  async close(): Promise<void> {
    this.#keep([]);
  }

  #keep(entries: AuditEntry[]): void {
    this.#entries = entries;
    this.#text = entries.reduce((sum, entry) => sum + textLength(entry), 0);
  }

  #newestWithin(maxText: number): AuditEntry[] {
    let text = 0;
    const tooMuch = this.#entries.findLastIndex((entry) => (text += textLength(entry)) > maxText);
    return this.#entries.slice(tooMuch + 1);
  }
}

/** Of what a client can make long. */
function textLength({ argumentShape, argumentText = '', message = '', caller, tool }: AuditEntry): number {
  let length = argumentText.length + message.length + caller.length + tool.length;
  for (const name in argumentShape) length += name.length + (argumentShape[name]?.length ?? 0);
  return length;
}
