import { Worker } from 'node:worker_threads';

import type { AuditEntry } from './audit-entry.ts';
import type { AuditStore, CheckedAuditQuery, Retention } from './audit-store.ts';
import { textOf, type EntriesText } from './entries-text.ts';
import type { SqliteAnswer, SqliteRequest, SqliteTask } from './sqlite-messages.ts';

/** TypeScript when run from source, the built file otherwise. */
const thread = import.meta.url.endsWith('.ts')
  ? new URL('./sqlite-thread.ts', import.meta.url)
  : new URL('./sqlite-thread.js', import.meta.url);

interface Waiting {
  readonly resolve: (value: string | undefined) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Entries in one SQLite file, which a thread of its own reads and writes. At 2,000 calls a second a batch took up to 13 ms of CPU
 * time, longer on a busy disk, and calls must not wait for that; sending a batch to the thread takes 1 ms. The thread starts
 * when first needed, and again after it died. It keeps the process alive only while a request is pending.
 */
export class SqliteAuditStore implements AuditStore {
  readonly kind = 'sqlite';
  readonly #file: string;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastId = 0;

  constructor(file: string) {
    this.#file = file;
  }

  append(entries: readonly AuditEntry[]): Promise<void> {
    return this.appendText(textOf(entries));
  }

  async appendText({ json }: EntriesText): Promise<void> {
    await this.#ask({ type: 'append', entries: json });
  }

  async query(query: CheckedAuditQuery): Promise<AuditEntry[]> {
    return JSON.parse((await this.#ask({ type: 'query', query })) ?? '[]') as AuditEntry[];
  }

  async prune(retention: Retention): Promise<void> {
    await this.#ask({ type: 'prune', retention });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    try {
      await this.#ask({ type: 'close' });
    } finally {
      // A prune may still be running; its answer would not arrive any more.
      this.#lost(worker, new Error('The audit store was closed.'));
      await worker.terminate();
    }
  }

  #ask(task: SqliteTask): Promise<string | undefined> {
    const worker = (this.#worker ??= this.#start());
    const request: SqliteRequest = { ...task, id: ++this.#lastId };
    worker.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
      worker.postMessage(request);
    });
  }

  #start(): Worker {
    const worker = new Worker(thread, { workerData: this.#file, name: 'audit' });
    worker.on('message', (answer: SqliteAnswer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if (this.#waiting.size === 0) worker.unref();
      if (answer.ok) waiting?.resolve(answer.value);
      else waiting?.reject(Object.assign(new Error(answer.error.message), answer.error));
    });
    worker.on('error', (error) => this.#lost(worker, error));
    worker.on('exit', () => this.#lost(worker, new Error('The thread of the audit store ended.')));
    return worker;
  }

  /** The outcome of pending requests is unknown; the trail sends its batch again. */
  #lost(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const left = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of left) reject(error instanceof Error ? error : new Error(String(error)));
  }
}
