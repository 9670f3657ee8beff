import type { PoolClient } from 'pg';

import type { Clock } from '../../../foundation/clock.ts';
import { PostgresConnections, type PoolSettings } from '../../../database/postgres-connections.ts';
import type { ChangeHandlers, ChangeListener } from '../job-store.ts';
import { PostgresListener } from './postgres-listener.ts';
import { createSchema, inTransaction, JOBS_CHANNEL, QUEUED_CHANNEL } from './postgres-schema.ts';
import type { SqlDatabase, SqlRow, SqlValue } from './sql-database.ts';

export interface PostgresDatabaseOptions {
  /** `postgres://...`; holds the password, so it must never be printed. */
  readonly url: string;
  readonly pool?: PoolSettings;
  /** Decides instead of the clock of PostgreSQL. */
  readonly clock?: Pick<Clock, 'epochMs'>;
}

/**
 * A PostgreSQL database that several servers share. Connects with the first statement, and makes its tables when they are not
 * there. A statement is a transaction of its own, so a pooler in transaction mode may be between them.
 */
export class PostgresDatabase implements SqlDatabase {
  readonly kind = 'postgres';
  readonly skipLocked = 'FOR UPDATE SKIP LOCKED';
  readonly #url: string;
  readonly #clock: Pick<Clock, 'epochMs'> | undefined;
  readonly #connections: PostgresConnections;
  #schema: Promise<void> | undefined;
  #isOpen = true;

  constructor({ url, pool, clock }: PostgresDatabaseOptions) {
    this.#url = url;
    this.#clock = clock;
    this.#connections = new PostgresConnections({ ...pool, url });
  }

  get now(): string {
    if (this.#clock) return `CAST(${Math.trunc(this.#clock.epochMs())} AS BIGINT)`;
    return 'CAST(trunc(extract(epoch FROM now()) * 1e3) AS BIGINT)';
  }

  query(statement: string, values: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    return this.use((client) => rowsOf(client, statement, values));
  }

  exclusive<T>(work: (query: SqlDatabase['query']) => Promise<T>): Promise<T> {
    return this.use((client) => inTransaction(client, () => work((...query) => rowsOf(client, ...query))));
  }

  listen(handlers: ChangeHandlers): ChangeListener {
    const { changed, queued, begun, unavailable } = handlers;
    return new PostgresListener({
      url: this.#url,
      channels: [JOBS_CHANNEL, QUEUED_CHANNEL],
      notify: async (channel, payload) => void (await this.query('SELECT pg_notify($1, $2)', [channel, payload])),
      onMessage: (channel, payload) => (channel === QUEUED_CHANNEL ? queued() : changed(payload)),
      onLive: begun,
      onUnheard: unavailable,
    });
  }

  /** Lends a connection, once the tables are there. */
  async use<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    // A pool that is closed would be made anew, and keep the process alive.
    if (!this.#isOpen) throw new Error('The database was closed.');
    this.#schema ??= this.#connections.use(createSchema).catch((error: unknown) => {
      this.#schema = undefined;
      throw error;
    });
    await this.#schema;
    return this.#connections.use(work);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOpen = false;
    await this.#connections.close();
  }
}

async function rowsOf(client: PoolClient, statement: string, values: readonly SqlValue[]): Promise<readonly SqlRow[]> {
  const { rows } = await client.query<SqlRow>(statement, [...values]);
  return rows;
}
