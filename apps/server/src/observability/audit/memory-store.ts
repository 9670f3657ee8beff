import type { AuditEntry } from './audit-entry.ts';
import { matchesQuery, type AuditStore, type CheckedAuditQuery, type Retention } from './audit-store.ts';
import type { EntriesText } from './entries-text.ts';
import { UnreadEntries } from './unread-entries.ts';

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
  readonly #unread: UnreadEntries;

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
    this.#unread = new UnreadEntries(capacity, maxText);
  }

  async append(entries: readonly AuditEntry[]): Promise<void> {
    this.#add(entries);
  }

  /** Workers call far more often than anybody reads, and most entries are out of date by then. */
  async appendText(entries: EntriesText): Promise<void> {
    this.#unread.add(entries);
  }

  async query(query: CheckedAuditQuery): Promise<AuditEntry[]> {
    this.#read();
    const found: AuditEntry[] = [];
    const oldest = Math.max(0, this.#entries.length - this.#capacity);
    for (let i = this.#entries.length - 1; i >= oldest && found.length < query.limit; i--) {
      const entry = this.#entries[i];
      if (entry !== undefined && matchesQuery(entry, query)) found.push(entry);
    }
    return found;
  }

  async prune({ before, maxEntries }: Retention): Promise<void> {
    this.#read();
    this.#keep(this.#entries.filter((entry) => entry.at >= before).slice(-maxEntries));
  }

  async close(): Promise<void> {
    this.#unread.take();
    this.#keep([]);
  }

  #add(entries: readonly AuditEntry[]): void {
    for (const entry of entries) this.#text += textLength(entry);
    this.#entries.push(...entries);
    // Trimmed rarely: the array may be a tenth longer than the capacity.
    if (this.#entries.length > this.#capacity * 1.1) this.#keep(this.#entries.slice(-this.#capacity));
    if (this.#text > this.#maxText) this.#keep(this.#newestWithin(this.#maxText * 0.9));
  }

  /** Each process numbers its own entries and sends them in batches; a batch that was not confirmed comes twice. */
  #read(): void {
    const unread = this.#unread.take();
    if (unread.length === 0) return;
    const byId = new Map([...this.#entries, ...unread].map((entry) => [entry.id, entry]));
    this.#keep([]);
    this.#add([...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1)));
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
