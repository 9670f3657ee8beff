import type { Channel } from '../../worker-channel/channel.ts';
import type { AuditEntry } from './audit-entry.ts';
import type { AuditStore, CheckedAuditQuery, Retention } from './audit-store.ts';
import { textOf, type EntriesText } from './entries-text.ts';

/** How long the primary may take, which answers when its store has. */
const TIMEOUT_MS = 30_000;

/** The store of a worker: the primary writes the entries of all workers, so that a file has one writer. */
export class ParentAuditStore implements AuditStore {
  readonly kind: string;
  readonly #channel: Channel;

  /** @param kind of the store that the primary writes */
  constructor(channel: Channel, kind: string) {
    this.#channel = channel;
    this.kind = kind;
  }

  append(entries: readonly AuditEntry[]): Promise<void> {
    return this.appendText(textOf(entries));
  }

  async appendText({ json, count }: EntriesText): Promise<void> {
    await this.#channel.ask('audit.append', [count], TIMEOUT_MS, json);
  }

  query(query: CheckedAuditQuery): Promise<AuditEntry[]> {
    return this.#channel.ask('audit.query', [query], TIMEOUT_MS);
  }

  async prune(retention: Retention): Promise<void> {
    await this.#channel.ask('audit.prune', [retention], TIMEOUT_MS);
  }

  async close(): Promise<void> {
    // The primary closes it after its last worker has ended.
  }
}

/** Answers the stores of workers, in the primary. */
export function serveAuditStore(store: AuditStore, channel: Channel, beforeQuery: () => Promise<void>): void {
  channel.on('audit.append', (count: number, json: string) => store.appendText({ json, count }));
  channel.on('audit.query', async (query: CheckedAuditQuery) => {
    await beforeQuery();
    return store.query(query);
  });
  channel.on('audit.prune', (retention: Retention) => store.prune(retention));
}
