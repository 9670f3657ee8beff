import type { AuditEntry } from './audit-entry.ts';
import { entriesOf, type EntriesText } from './entries-text.ts';

/** Of the texts of entries, what the store counts is often less than half. */
const TEXT_FACTOR = 2;

/** The newest entries as the texts that they came in. Oldest ones are dropped with their text, so that they are never parsed. */
export class UnreadEntries {
  readonly #capacity: number;
  readonly #maxText: number;
  // Oldest first.
  #texts: EntriesText[] = [];
  #count = 0;
  #length = 0;

  /**
   * @param capacity entries kept; more where a text has some that are within it
   * @param maxText characters of text in them
   */
  constructor(capacity: number, maxText: number) {
    this.#capacity = capacity;
    this.#maxText = maxText * TEXT_FACTOR;
  }

  add(text: EntriesText): void {
    this.#texts.push(text);
    this.#count += text.count;
    this.#length += text.json.length;
    for (let [oldest] = this.#texts; oldest && this.#isBeyond(oldest); [oldest] = this.#texts) {
      this.#texts.shift();
      this.#count -= oldest.count;
      this.#length -= oldest.json.length;
    }
  }

  /** Oldest first, as they came. They are not kept here any longer. */
  take(): AuditEntry[] {
    const entries = this.#texts.flatMap(({ json }) => entriesOf(json));
    this.#texts = [];
    this.#count = 0;
    this.#length = 0;
    return entries;
  }

  /** Whether the newer texts are enough without it. */
  #isBeyond({ count, json }: EntriesText): boolean {
    return this.#count - count >= this.#capacity || (this.#length > this.#maxText && this.#length > json.length);
  }
}
