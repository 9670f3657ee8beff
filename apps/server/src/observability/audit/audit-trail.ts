/**
 * The audit trail: record -> bounded buffer -> batches in the background -> store.
 *
 * Calls neither wait for the store nor fail with it. When the store is slow, full or unreachable, entries wait in the buffer;
 * when the buffer is full, further entries are lost, counted and shown in health.
 */
import { repeat, systemClock, type Clock } from '../../foundation/clock.ts';
import { waitAtMost } from '../../foundation/wait-at-most.ts';
import { AuditIds, auditEntry, type AuditEntry, type AuditRecord } from './audit-entry.ts';
import { checkQuery, pageOf, visiblePage, type AuditPage } from './audit-query.ts';
import type { AuditQuery, AuditStore, CheckedAuditQuery } from './audit-store.ts';
import { failureCause } from './failure-cause.ts';
import { PendingEntries } from './pending-entries.ts';

export interface AuditTrailOptions {
  readonly store: AuditStore;
  /** Records the values of arguments, not only their shape. @default false */
  readonly recordArguments?: boolean;
  /** Milliseconds an entry is kept. @default 2592000000 (30 days) */
  readonly retentionMs?: number;
  /** Entries kept. @default 1000000 */
  readonly maxEntries?: number;
  /** Entries that may wait for the store; further ones are lost and counted. @default 10000 */
  readonly bufferSize?: number;
  /** Milliseconds from an entry to its batch; a buffer that is half full is written at once. @default 200 */
  readonly flushMs?: number;
  /** Called when the store begins to fail, and when it works again (`undefined`). @default nothing */
  readonly onStoreChange?: (failure: string | undefined) => void;
  /** @default systemClock */
  readonly clock?: Clock;
}

/** With numbers for metrics. */
export interface AuditHealth {
  readonly status: 'healthy' | 'degraded';
  readonly message: string;
  readonly pending: number;
  readonly dropped: number;
}

const PRUNE_EVERY_MS = 600_000;
/** A write that takes longer than this counts as a failure in health. */
const SLOW_WRITE_MS = 10_000;
/** How long a query or closing waits for the store. */
const STORE_TIMEOUT_MS = 5000;
const NO_ANSWER = 'no answer';

type StoreFailure = { readonly cause: string; readonly sinceEpochMs: number };

export class AuditTrail implements AsyncDisposable {
  readonly #options: Required<AuditTrailOptions>;
  readonly #clock: Clock;
  readonly #ids = new AuditIds();
  readonly #pruning: Disposable;
  readonly #pending: PendingEntries;
  #dropped = 0;
  #writeFailure: StoreFailure | undefined;
  #readFailure: StoreFailure | undefined;
  /** A query was given up and is still on its way: another one would wait behind it. */
  #isSilent = false;

  constructor(options: AuditTrailOptions) {
    this.#options = {
      recordArguments: false,
      retentionMs: 30 * 86_400_000,
      maxEntries: 1_000_000,
      bufferSize: 10_000,
      flushMs: 200,
      onStoreChange: () => {},
      clock: systemClock,
      ...options,
    };
    this.#clock = this.#options.clock;
    this.#pending = new PendingEntries({
      ...this.#options,
      onBatch: (failure) => {
        this.#setFailures(failure && this.#failed(failure.error, this.#writeFailure), this.#readFailure);
      },
    });
    this.#pruning = repeat(this.#clock, PRUNE_EVERY_MS, () => void this.prune());
  }

  /** Never throws and never waits. */
  record(record: AuditRecord): void {
    if (this.#pending.isFull) {
      this.#dropped++;
      return;
    }
    const epochMs = this.#clock.epochMs();
    this.#pending.add(auditEntry(this.#ids.next(epochMs), epochMs, record, this.#options.recordArguments));
  }

  /**
   * Everything recorded so far, including entries that are not stored yet.
   *
   * @param isVisible which entries the reader may see; see {@link visiblePage} for what that means for a page
   * @throws {RangeError} when the limit or the id in `before` is invalid
   */
  async query(query: AuditQuery = {}, isVisible?: (entry: AuditEntry) => boolean): Promise<AuditPage> {
    const checked = checkQuery(query);
    await this.#withTimeout(this.flush());
    return isVisible ? visiblePage(checked, isVisible, (part) => this.#page(part)) : this.#page(checked);
  }

  health(): AuditHealth {
    const pending = this.#pending.entries.length;
    const dropped = this.#dropped;
    const counts = `${pending} entries wait, ${dropped} were lost.`;
    const failure = this.#writeFailure ?? this.#readFailure ?? this.#slowWrite();
    const { kind } = this.#options.store;
    if (failure === undefined) {
      return { status: 'healthy', message: `The ${kind} audit store works; ${counts}`, pending, dropped };
    }
    const since = new Date(failure.sinceEpochMs).toISOString();
    const message = `The ${kind} audit store has failed since ${since} (${failure.cause}); ${counts}`;
    return { status: 'degraded', message, pending, dropped };
  }

  /** Asks the store for one entry, so that an unreachable store shows before the first call. Never rejects. */
  async checkStore(): Promise<void> {
    await this.#withTimeout(this.#stored({ limit: 1 }));
  }

  /** Tries again what failed last and nothing else repeats, so that a store that works again is known before it is used. Never rejects. */
  async recheck(): Promise<void> {
    if (this.#readFailure !== undefined) await this.checkStore();
    if (this.#writeFailure !== undefined && this.#pending.entries.length === 0) await this.#withTimeout(this.prune());
  }

  /** Writes what is pending now. Never rejects. */
  flush(): Promise<void> {
    return this.#pending.flush();
  }

  /** Removes entries beyond the retention. Runs every ten minutes by itself. Never rejects. */
  async prune(): Promise<void> {
    const { store, retentionMs, maxEntries } = this.#options;
    try {
      await store.prune({ before: this.#clock.epochMs() - retentionMs, maxEntries });
      if (this.#pending.entries.length === 0) this.#setFailures(undefined, this.#readFailure);
    } catch (error) {
      this.#setFailures(this.#failed(error, this.#writeFailure), this.#readFailure);
    }
  }

  /** Writes what is pending, for at most five seconds, and closes the store. Leaves no timer. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#pruning[Symbol.dispose]();
    this.#pending.close();
    await this.#withTimeout(this.flush());
    await this.#withTimeout(this.#options.store.close().catch(() => {}));
  }

  async #page(query: CheckedAuditQuery): Promise<AuditPage> {
    // One more than asked for, to know whether there is another page.
    return pageOf(query, await this.#stored({ ...query, limit: query.limit + 1 }), this.#pending.entries);
  }

  /** @returns undefined when the store did not answer in time */
  async #stored(query: CheckedAuditQuery): Promise<AuditEntry[] | undefined> {
    if (this.#isSilent) return undefined;
    const failed = (error: unknown): undefined => {
      this.#setFailures(this.#writeFailure, this.#failed(error, this.#readFailure));
    };
    const answered = this.#options.store.query(query).then((entries) => {
      this.#setFailures(this.#writeFailure, undefined);
      return entries;
    }, failed);
    const entries = await this.#withTimeout(answered);
    if (entries !== NO_ANSWER) return entries;
    this.#isSilent = true;
    void answered.finally(() => (this.#isSilent = false));
    return failed({ code: NO_ANSWER });
  }

  #failed(error: unknown, before: StoreFailure | undefined): StoreFailure {
    return { cause: failureCause(error), sinceEpochMs: before?.sinceEpochMs ?? this.#clock.epochMs() };
  }

  #setFailures(write: StoreFailure | undefined, read: StoreFailure | undefined): void {
    const before = this.#writeFailure ?? this.#readFailure;
    this.#writeFailure = write;
    this.#readFailure = read;
    const after = write ?? read;
    if ((before === undefined) !== (after === undefined)) this.#options.onStoreChange(after?.cause);
  }

  #slowWrite(): StoreFailure | undefined {
    const { writing } = this.#pending;
    const slow = writing !== undefined && this.#clock.monotonicMs() - writing.sinceMs > SLOW_WRITE_MS;
    return slow ? { cause: NO_ANSWER, sinceEpochMs: writing.sinceEpochMs } : undefined;
  }

  /** @param work that never rejects */
  #withTimeout<T>(work: Promise<T>): Promise<T | typeof NO_ANSWER> {
    return waitAtMost(this.#clock, STORE_TIMEOUT_MS, work, NO_ANSWER);
  }
}
