import type { PoolClient } from 'pg';
import type { AuditEntry } from './audit-entry.ts';
import type { AuditStore, CheckedAuditQuery, Retention } from './audit-store.ts';
import { entriesOf, type EntriesText } from './entries-text.ts';
import { PostgresConnections, type PostgresConnectionsOptions } from '../../database/postgres-connections.ts';
import { formatMark, isTableThere } from '../../foundation/state-format.ts';

export interface PostgresAuditStoreOptions extends PostgresConnectionsOptions {
  /** 1 to 40 lower-case letters, digits and underscores, found or made in the first schema of the search path. @default 'mcp_audit' */
  readonly table?: string;
}

const ROWS_AT_ONCE = 5000;

/** Entries in a PostgreSQL table, which several servers may share. Made when first needed, if it is not there. */
export class PostgresAuditStore implements AuditStore {
  readonly kind = 'postgres';
  readonly #connections: PostgresConnections;
  readonly #table: string;
  #tableIsThere = false;

  /** @throws {Error} when the table name is not plain */
  constructor({ table = 'mcp_audit', ...options }: PostgresAuditStoreOptions) {
    if (!/^[a-z_][a-z0-9_]{0,39}$/.test(table)) throw new Error(`${JSON.stringify(table)} is not a plain table name`);
    this.#table = table;
    this.#connections = new PostgresConnections(options);
  }

  /** Connections open now. */
  get connections(): number {
    return this.#connections.size;
  }

  appendText({ json }: EntriesText): Promise<void> {
    return this.append(entriesOf(json));
  }

  append(entries: readonly AuditEntry[]): Promise<void> {
    return this.#use(async (client) => {
      await client.query(
        `INSERT INTO ${this.#table} (id, at, caller, tool, entry)
         SELECT e->>'id', to_timestamp((e->>'at')::float8 / 1000), e->>'caller', e->>'tool', e
         FROM jsonb_array_elements($1::jsonb) AS e
         ON CONFLICT (id) DO NOTHING`,
        [JSON.stringify(entries)],
      );
    });
  }

  query({ limit, tool, caller, before }: CheckedAuditQuery): Promise<AuditEntry[]> {
    const values: (string | number)[] = [limit];
    const conditions: string[] = [];
    const want = (sql: string, value: string | undefined): void => {
      if (value !== undefined) conditions.push(`${sql} $${values.push(value)}`);
    };
    want('tool =', tool);
    want('caller =', caller);
    want('id <', before);
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    return this.#use(async (client) => {
      const sql = `SELECT entry FROM ${this.#table} ${where} ORDER BY id DESC LIMIT $1`;
      const { rows } = await client.query<{ entry: AuditEntry }>(sql, values);
      return rows.map((row) => row.entry);
    });
  }

  prune({ before, maxEntries }: Retention): Promise<void> {
    return this.#use(async (client) => {
      await this.#deleteInSteps(client, 'at < to_timestamp($1::float8 / 1000)', before);
      const { rows } = await client.query<{ id: string }>(
        `SELECT id FROM ${this.#table} ORDER BY id DESC LIMIT 1 OFFSET $1`,
        [maxEntries],
      );
      if (rows[0] !== undefined) await this.#deleteInSteps(client, 'id <= $1', rows[0].id);
    });
  }

  close(): Promise<void> {
    return this.#connections.close();
  }

  async #deleteInSteps(client: PoolClient, condition: string, value: string | number): Promise<void> {
    const sql = `DELETE FROM ${this.#table} WHERE id IN (SELECT id FROM ${this.#table} WHERE ${condition} LIMIT ${ROWS_AT_ONCE})`;
    for (;;) {
      const { rowCount } = await client.query(sql, [value]);
      if ((rowCount ?? 0) < ROWS_AT_ONCE) return;
    }
  }

  #use<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    return this.#connections.use(async (client) => {
      if (!this.#tableIsThere) await this.#ensureTable(client);
      // Until it is known to have worked: the table may be dropped while the server runs.
      this.#tableIsThere = false;
      const result = await work(client);
      this.#tableIsThere = true;
      return result;
    });
  }

  // Looked for first: a role that may only insert and select must not need the right to create.
  async #ensureTable(client: PoolClient): Promise<void> {
    const name = this.#table;
    if (await isTableThere(client, name, 'The audit log in PostgreSQL')) return;
    await client.query(`
      CREATE TABLE IF NOT EXISTS ${name} (
        id text COLLATE "C" PRIMARY KEY, at timestamptz NOT NULL, caller text NOT NULL, tool text NOT NULL, entry jsonb NOT NULL
      );
      CREATE INDEX IF NOT EXISTS ${name}_tool ON ${name} (tool, id);
      CREATE INDEX IF NOT EXISTS ${name}_caller ON ${name} (caller, id);
      CREATE INDEX IF NOT EXISTS ${name}_at ON ${name} (at);
      ${formatMark(name)};
    `);
  }
}
