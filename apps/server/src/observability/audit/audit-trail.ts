/**
 * The audit trail: record -> bounded buffer -> batches in the background -> store.
 *
 * The store can be slow, full or gone: calls neither wait for it nor fail with it. What it costs is entries, once the buffer is
 * full, and these are counted and seen in health.
 */
import { AUDIT_ID, AuditIds, auditEntry, type AuditEntry, type AuditRecord } from './audit-entry.ts';
import { matchesQuery, type AuditQuery, type AuditStore, type CheckedAuditQuery } from './audit-store.ts';
import { systemAuditTime, type AuditTime } from './audit-time.ts';

export interface AuditTrailOptions {
  readonly store: AuditStore;
  /** Records what the arguments said, not only their shape. @default false */
  readonly recordArguments?: boolean;
  /** Milliseconds an entry is kept. @default 2592000000 (30 days) */
  readonly retentionMs?: number;
  /** Entries kept. @default 1000000 */
  readonly maxEntries?: number;
  /** Entries that may wait for the store; further ones are lost and counted. @default 10000 */
  readonly bufferSize?: number;
  /** Milliseconds from an entry to the batch it goes into; at once when the buffer is half full. @default 200 */
  readonly flushMs?: number;
  /** @default the machine's clock and timers */
  readonly time?: AuditTime;
}

export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
  /** Give it as `before` for the next page; absent on the last one. */
  readonly next?: string;
  /** False when the store did not answer, so that only entries that wait for it are shown. */
  readonly complete: boolean;
}

/** The outcome of a health check, with numbers for metrics. */
export interface AuditHealth {
  readonly status: 'healthy' | 'degraded';
  readonly message: string;
  readonly pending: number;
  readonly dropped: number;
}

const BATCH = 200;
/** Entries looked at in one go for a reader who may not see all, and how often before a page is given as it is. */
const LOOK_AT = 200;
const LOOKS = 25;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;
const PRUNE_EVERY_MS = 600_000;
/** An answer of the store that takes longer than this counts as a failure in health. */
const SLOW_MS = 10_000;
const CLOSE_WITHIN_MS = 5_000;

interface Failure {
  readonly cause: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

export class AuditTrail implements AsyncDisposable {
  readonly #options: Required<AuditTrailOptions>;
  readonly #time: AuditTime;
  readonly #ids = new AuditIds();
  readonly #pruning: Disposable;
  // Oldest first. The front of it is what is being written.
  #pending: AuditEntry[] = [];
  #dropped = 0;
  #writeFailure: Failure | undefined;
  #readFailure: Failure | undefined;
  #retryMs = FIRST_RETRY_MS;
  #wakeUp: Disposable | undefined;
  #writing: { readonly done: Promise<void>; readonly since: number } | undefined;
  #closed = false;

  constructor(options: AuditTrailOptions) {
    this.#options = {
      recordArguments: false,
      retentionMs: 30 * 86_400_000,
      maxEntries: 1_000_000,
      bufferSize: 10_000,
      flushMs: 200,
      time: systemAuditTime,
      ...options,
    };
    this.#time = this.#options.time;
    this.#pruning = this.#time.every(PRUNE_EVERY_MS, () => void this.prune());
  }

  /** Never throws, never waits. */
  record(record: AuditRecord): void {
    if (this.#closed || this.#pending.length >= this.#options.bufferSize) {
      this.#dropped++;
      return;
    }
    const now = this.#time.now();
    this.#pending.push(auditEntry(this.#ids.next(now), now, record, this.#options.recordArguments));
    // A burst does not wait for its time: the buffer would be full first. A store that has failed gets its pause.
    const burst = this.#pending.length * 2 >= this.#options.bufferSize && this.#writeFailure === undefined;
    if (burst) void this.flush();
    else this.#wake(this.#options.flushMs);
  }

  /**
   * What was recorded up to now, also what the store does not have yet.
   *
   * @param visible entries that the reader may see; where many are not, a page may be short, or empty with a `next`
   * @throws RangeError when the limit or the id in `before` cannot be one
   */
  async query(query: AuditQuery = {}, visible?: (entry: AuditEntry) => boolean): Promise<AuditPage> {
    const checked = checkQuery(query);
    await this.#withinDeadline(this.flush());
    if (visible) return this.#queryVisible(checked, visible);
    return this.#page(checked);
  }

  /** The stores know nothing of scopes, so what they answer is gone through, a bounded number of times. */
  async #queryVisible(query: CheckedAuditQuery, visible: (entry: AuditEntry) => boolean): Promise<AuditPage> {
    const shown: AuditEntry[] = [];
    let { before } = query;
    let complete = true;
    for (let round = 0; round < LOOKS; round++) {
      const page = await this.#page({ ...query, limit: LOOK_AT, ...(before !== undefined && { before }) });
      complete &&= page.complete;
      for (const entry of page.entries) {
        if (!visible(entry)) continue;
        const last = shown.at(-1);
        if (shown.length === query.limit && last) return { entries: shown, complete, next: last.id };
        shown.push(entry);
      }
      before = page.next;
      if (before === undefined) return { entries: shown, complete };
    }
    return { entries: shown, complete, ...(before !== undefined && { next: before }) };
  }

  async #page(checked: CheckedAuditQuery): Promise<AuditPage> {
    // One more than is shown, to know whether there is another page.
    const wanted: CheckedAuditQuery = { ...checked, limit: checked.limit + 1 };
    const stored = await this.#stored(wanted);
    const waiting = this.#pending.filter((entry) => matchesQuery(entry, checked));
    // By id: a write whose answer was lost leaves entries in both.
    const entries = [...new Map([...(stored ?? []), ...waiting].map((entry) => [entry.id, entry])).values()];
    entries.sort((a, b) => (a.id < b.id ? 1 : -1));
    const shown = entries.slice(0, checked.limit);
    const last = shown.at(-1);
    const more = entries.length > checked.limit && last !== undefined;
    return { entries: shown, complete: stored !== undefined, ...(more ? { next: last.id } : {}) };
  }

  health(): AuditHealth {
    const pending = this.#pending.length;
    const dropped = this.#dropped;
    const counts = `${pending} entries wait, ${dropped} were lost.`;
    const failure = this.#writeFailure ?? this.#readFailure ?? this.#silence();
    const { kind } = this.#options.store;
    if (failure === undefined) {
      return { status: 'healthy', message: `The ${kind} audit store takes entries; ${counts}`, pending, dropped };
    }
    const since = new Date(failure.since).toISOString();
    const message = `The ${kind} audit store has failed since ${since} (${failure.cause}); ${counts}`;
    return { status: 'degraded', message, pending, dropped };
  }

  /** Tries to bring what waits into the store now. Never rejects. */
  async flush(): Promise<void> {
    if (this.#writing === undefined && this.#pending.length > 0) {
      this.#wakeUp?.[Symbol.dispose]();
      this.#wakeUp = undefined;
      this.#writing = { done: this.#write(), since: this.#time.now() };
    }
    await this.#writing?.done;
  }

  /** Removes what retention no longer covers. Runs every ten minutes by itself. Never rejects. */
  async prune(): Promise<void> {
    const { store, retentionMs, maxEntries } = this.#options;
    try {
      await store.prune({ before: this.#time.now() - retentionMs, maxEntries });
    } catch (error) {
      this.#writeFailure = this.#failed(error, this.#writeFailure);
    }
  }

  /** Writes what waits, for at most five seconds, and closes the store. Leaves no timer. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#pruning[Symbol.dispose]();
    await this.#withinDeadline(this.flush());
    this.#wakeUp?.[Symbol.dispose]();
    this.#wakeUp = undefined;
    await this.#withinDeadline(this.#options.store.close().catch(() => {}));
  }

  #wake(ms: number): void {
    if (this.#wakeUp !== undefined || this.#writing !== undefined) return;
    this.#wakeUp = this.#time.after(ms, () => {
      this.#wakeUp = undefined;
      void this.flush();
    });
  }

  async #write(): Promise<void> {
    let ok = true;
    while (ok && this.#pending.length > 0) ok = await this.#writeBatch();
    this.#writing = undefined;
    if (ok || this.#closed) return;
    this.#wake(this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  async #writeBatch(): Promise<boolean> {
    const batch = this.#pending.slice(0, BATCH);
    try {
      await this.#options.store.append(batch);
    } catch (error) {
      this.#writeFailure = this.#failed(error, this.#writeFailure);
      return false;
    }
    this.#pending.splice(0, batch.length);
    this.#writeFailure = undefined;
    this.#retryMs = FIRST_RETRY_MS;
    return true;
  }

  async #stored(query: CheckedAuditQuery): Promise<AuditEntry[] | undefined> {
    try {
      const entries = await this.#options.store.query(query);
      this.#readFailure = undefined;
      return entries;
    } catch (error) {
      this.#readFailure = this.#failed(error, this.#readFailure);
      return undefined;
    }
  }

  #failed(error: unknown, before: Failure | undefined): Failure {
    return { cause: failureCause(error), since: before?.since ?? this.#time.now() };
  }

  /** A batch that the store has not answered for too long. */
  #silence(): Failure | undefined {
    const since = this.#writing?.since;
    return since !== undefined && this.#time.now() - since > SLOW_MS ? { cause: 'no answer', since } : undefined;
  }

  #withinDeadline(work: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      const deadline = this.#time.after(CLOSE_WITHIN_MS, resolve);
      void work.finally(() => {
        deadline[Symbol.dispose]();
        resolve();
      });
    });
  }
}

function checkQuery(query: AuditQuery): CheckedAuditQuery {
  const limit = query.limit ?? 100;
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw new RangeError('limit must be an integer from 1 to 1000');
  }
  if (query.before !== undefined && !AUDIT_ID.test(query.before)) {
    throw new RangeError('before must be the id of an entry, as in the field "next" of the previous answer');
  }
  return { ...query, limit };
}

/** A code or a driver's own fixed text; never its message, which may name hosts, users or files. */
function failureCause(error: unknown): string {
  const { errstr, code, message } = (error ?? {}) as { errstr?: unknown; code?: unknown; message?: unknown };
  if (typeof errstr === 'string') return errstr;
  if (typeof code === 'string') return code;
  return typeof message === 'string' && message.includes('timeout') ? 'timeout' : 'failed';
}
