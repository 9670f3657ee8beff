import { closeSync, openSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';

import type { Clock } from '../../../foundation/clock.ts';
import { claimFormat } from '../../../foundation/state-format.ts';
import { JOB_SCHEMA, type SqlDatabase, type SqlRow, type SqlValue } from './sql-database.ts';

/** How long to wait for another process that writes. */
const BUSY_MS = 2000;
const MAX_STATEMENTS = 64;

export interface SqliteDatabaseOptions {
  /** Made where it is missing, readable by its owner only; ':memory:' for none. */
  readonly file: string;
  /** Decides instead of the clock of the machine. */
  readonly clock?: Pick<Clock, 'epochMs'>;
}

/**
 * One SQLite file. A statement takes well below a millisecond and jobs are few, so it runs in this thread. Without a sync for
 * every write: what was written outlives the process, if not a loss of power.
 *
 * @throws {StartError} when a newer server wrote the file
 */
export async function openSqliteDatabase(options: SqliteDatabaseOptions): Promise<SqlDatabase> {
  const { file } = options;
  // Loaded only where it is used: Node 22 prints a warning that it is experimental.
  const { DatabaseSync: Database } = await import('node:sqlite');
  if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600));
  const database = new Database(file, { timeout: BUSY_MS });
  try {
    claimFormat(database, `The job store ${file}`);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    for (const statement of JOB_SCHEMA) database.exec(statement);
  } catch (error) {
    database.close();
    throw error;
  }
  return new SqliteDatabase(database, options);
}

class SqliteDatabase implements SqlDatabase {
  readonly kind = 'sqlite';
  readonly skipLocked = '';
  readonly #database: DatabaseSync;
  readonly #clock: Pick<Clock, 'epochMs'> | undefined;
  readonly #prepared = new Map<string, StatementSync>();
  #isOpen = true;

  constructor(database: DatabaseSync, { clock }: SqliteDatabaseOptions) {
    this.#database = database;
    this.#clock = clock;
  }

  get now(): string {
    if (this.#clock) return String(Math.trunc(this.#clock.epochMs()));
    return `CAST(unixepoch('subsec') * 1e3 AS INTEGER)`;
  }

  async query(statement: string, values: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    return this.#prepare(statement).all(...values);
  }

  /** The statement that counts and writes is one, and SQLite runs one at a time. */
  exclusive<T>(work: (query: SqlDatabase['query']) => Promise<T>): Promise<T> {
    return work((...query) => this.query(...query));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#database.close();
  }

  #prepare(statement: string): StatementSync {
    let prepared = this.#prepared.get(statement);
    if (!prepared) {
      prepared = this.#database.prepare(statement.replaceAll(/\$(\d+)/g, '?$1'));
      if (this.#prepared.size >= MAX_STATEMENTS) this.#prepared.clear();
      this.#prepared.set(statement, prepared);
    }
    return prepared;
  }
}
