import type { Pool, PoolClient } from 'pg';

import { systemClock, type Clock } from '../foundation/clock.ts';
import { limitStatements } from './limited-statements.ts';

/** The pool settings of the `database` section, in milliseconds. */
export interface PoolSettings {
  /** Connections kept open once made, 1 to 1000. @default 10 */
  readonly poolSize?: number;
  /** Connections made beyond those under load, and closed after use, 0 to 1000. @default 20 */
  readonly maxOverflow?: number;
  /** How long to wait for a connection, be it free or new. @default 30000 */
  readonly poolTimeoutMs?: number;
  /** A connection older than this is replaced before it is used again. @default 3600000 */
  readonly poolRecycleMs?: number;
}

export interface PostgresConnectionsOptions extends PoolSettings {
  /** `postgres://...`; holds the password, so it must never be printed. */
  readonly url: string;
  /** How long one statement may take, at the server and as seen from here. @default 10000 */
  readonly statementTimeoutMs?: number;
  /** @default systemClock */
  readonly clock?: Pick<Clock, 'monotonicMs'>;
}

/** The pool of `pg` with a steady size, an overflow, and a maximum age of connections. */
export class PostgresConnections {
  readonly #options: Required<PostgresConnectionsOptions>;
  readonly #createdMs = new WeakMap<PoolClient, number>();
  #pool: Pool | undefined;
  /** A pooler between this process and the server refuses settings of a connection that it does not know, as PgBouncer does. */
  #isServerTimeoutRefused = false;

  constructor(options: PostgresConnectionsOptions) {
    this.#options = {
      poolSize: 10,
      maxOverflow: 20,
      poolTimeoutMs: 30_000,
      poolRecycleMs: 3_600_000,
      statementTimeoutMs: 10_000,
      clock: systemClock,
      ...options,
    };
  }

  /** Connections open now. */
  get size(): number {
    return this.#pool?.totalCount ?? 0;
  }

  /** Lends a connection to `work`. A connection on which anything failed is closed: its state is not known. */
  async use<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    try {
      const result = await work(client);
      client.release(this.#isOverflow());
      return result;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    await pool?.end();
  }

  async #connect(): Promise<PoolClient> {
    // Loaded only where it is used. Nothing is awaited between the check of #pool and its creation, so there is only one pool.
    const pg = await import('pg');
    this.#pool ??= this.#createPool(pg.Pool);
    for (;;) {
      const client = await this.#pool.connect().catch((error: unknown) => this.#withoutServerTimeout(pg.Pool, error));
      if (this.#options.clock.monotonicMs() - (this.#createdMs.get(client) ?? 0) < this.#options.poolRecycleMs)
        return client;
      client.release(true);
    }
  }

  /** The limit of this process holds all the same. @throws what it is given, where that is something else */
  #withoutServerTimeout(PgPool: typeof Pool, error: unknown): Promise<PoolClient> {
    const isRefused = error instanceof Error && /unsupported startup parameter: statement_timeout/.test(error.message);
    if (!isRefused || !this.#pool) throw error;
    if (!this.#isServerTimeoutRefused) {
      this.#isServerTimeoutRefused = true;
      void this.#pool.end();
      this.#pool = this.#createPool(PgPool);
    }
    return this.#pool.connect();
  }

  // A waiting caller gets the connection instead of a new one.
  #isOverflow(): boolean {
    const pool = this.#pool;
    return pool !== undefined && pool.totalCount > this.#options.poolSize && pool.waitingCount === 0;
  }

  #createPool(PgPool: typeof Pool): Pool {
    const { url, poolSize, maxOverflow, poolTimeoutMs, statementTimeoutMs, clock } = this.#options;
    const pool = new PgPool({
      connectionString: url,
      max: poolSize + maxOverflow,
      connectionTimeoutMillis: poolTimeoutMs,
      // Idle connections of the steady size stay open until they reach their maximum age.
      idleTimeoutMillis: 0,
      ...(!this.#isServerTimeoutRefused && { statement_timeout: statementTimeoutMs }),
      application_name: 'mcp-server',
      keepAlive: true,
    });
    pool.on('connect', (client) => {
      this.#createdMs.set(client, clock.monotonicMs());
      limitStatements(client, statementTimeoutMs);
      // The pool listens while a connection is idle. One that breaks between two statements would end the process.
      client.on('error', () => {});
    });
    // A connection that breaks while idle is dropped by the pool; without a listener it would end the process.
    pool.on('error', () => {});
    return pool;
  }
}
