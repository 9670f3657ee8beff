import type { Clock } from '../../foundation/clock.ts';
import type { AuditEntry } from './audit-entry.ts';
import type { AuditStore } from './audit-store.ts';

export interface PendingEntriesOptions {
  readonly store: Pick<AuditStore, 'append'>;
  readonly bufferSize: number;
  readonly flushMs: number;
  readonly clock: Clock;
  /** After every batch that was written, or with the error of one that was not. */
  readonly onBatch: (failure?: { readonly error: unknown }) => void;
}

/** Fewer, larger batches cost less: each is a message to a thread, to the primary or to the database. */
const BATCH_ENTRIES = 1000;
const FIRST_RETRY_MS = 1000;
const MAX_RETRY_MS = 30_000;

interface Writing {
  /** False where the store failed. */
  readonly done: Promise<boolean>;
  readonly sinceMs: number;
  readonly sinceEpochMs: number;
}

/** Entries that wait for the store, a bounded number, written in batches in the background. */
export class PendingEntries {
  readonly #options: PendingEntriesOptions;
  // Oldest first; the batch being written is at the front.
  #entries: AuditEntry[] = [];
  #retryMs = FIRST_RETRY_MS;
  #hasFailed = false;
  #timer: Disposable | undefined;
  #writing: Writing | undefined;
  #closed = false;

  constructor(options: PendingEntriesOptions) {
    this.#options = options;
  }

  get entries(): readonly AuditEntry[] {
    return this.#entries;
  }

  /** Whether another entry would be lost. */
  get isFull(): boolean {
    return this.#closed || this.#entries.length >= this.#options.bufferSize;
  }

  /** What is being written now, and since when. */
  get writing(): Pick<Writing, 'sinceMs' | 'sinceEpochMs'> | undefined {
    return this.#writing;
  }

  add(entry: AuditEntry): void {
    this.#entries.push(entry);
    this.#schedule();
  }

  /** Writes what is pending now. Never rejects. */
  async flush(): Promise<void> {
    if ((await this.#writing?.done) === false) return;
    // What has come since it began.
    this.#start();
    await this.#writing?.done;
  }

  /** Takes no further entries and schedules no further batch. */
  close(): void {
    this.#closed = true;
    this.#stopTimer();
  }

  #schedule(): void {
    if (this.#entries.length === 0) return;
    // A burst would fill the buffer before the timer fires. A store that failed keeps its pause.
    if (this.#entries.length * 2 >= this.#options.bufferSize && !this.#hasFailed) this.#start();
    else this.#startAfter(this.#options.flushMs);
  }

  #startAfter(ms: number): void {
    if (this.#timer !== undefined || this.#writing !== undefined) return;
    this.#timer = this.#options.clock.setTimer(ms, () => this.#start());
  }

  #start(): void {
    if (this.#writing !== undefined || this.#entries.length === 0) return;
    this.#stopTimer();
    const { clock } = this.#options;
    const [sinceMs, sinceEpochMs] = [clock.monotonicMs(), clock.epochMs()];
    this.#writing = { done: this.#write(), sinceMs, sinceEpochMs };
  }

  /**
   * Writes what is pending as it begins. What comes meanwhile waits for the timer as well: under load some has always come, and
   * batches of a few entries would follow each other without a pause.
   */
  async #write(): Promise<boolean> {
    let ok = true;
    for (let left = this.#entries.length; ok && left > 0; left -= BATCH_ENTRIES) {
      ok = await this.#writeBatch(Math.min(left, BATCH_ENTRIES));
    }
    this.#writing = undefined;
    this.#hasFailed = !ok;
    if (this.#closed) return ok;
    if (ok) this.#schedule();
    else this.#startAfter(this.#retryMs);
    this.#retryMs = ok ? FIRST_RETRY_MS : Math.min(this.#retryMs * 2, MAX_RETRY_MS);
    return ok;
  }

  async #writeBatch(length: number): Promise<boolean> {
    try {
      await this.#options.store.append(this.#entries.slice(0, length));
    } catch (error) {
      this.#options.onBatch({ error });
      return false;
    }
    this.#entries.splice(0, length);
    this.#options.onBatch();
    return true;
  }

  #stopTimer(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }
}
