import { closeSync, openSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { AuditEntry } from './audit-entry.ts';
import type { CheckedAuditQuery, Retention } from './audit-store.ts';

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS mcp_audit (
    id TEXT PRIMARY KEY, at INTEGER NOT NULL, caller TEXT NOT NULL, tool TEXT NOT NULL, entry TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS mcp_audit_tool ON mcp_audit (tool, id);
  CREATE INDEX IF NOT EXISTS mcp_audit_caller ON mcp_audit (caller, id);
  CREATE INDEX IF NOT EXISTS mcp_audit_at ON mcp_audit (at);
`;

/** Rows of one statement: what else waits for the file comes in between. */
const ROWS_AT_ONCE = 200;

interface Open {
  readonly database: DatabaseSync;
  readonly insert: StatementSync;
}

/**
 * Entries in one SQLite file, readable by its owner only. Opened when first needed, and again after a failure. node:sqlite
 * waits for the disk where it is called, so this runs in a thread of its own: see `sqlite-store.ts`.
 */
export class SqliteFile {
  readonly #file: string;
  #opened: Open | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  async append(entries: readonly AuditEntry[]): Promise<void> {
    const { database, insert } = await this.#open();
    try {
      database.exec('BEGIN IMMEDIATE');
      for (const entry of entries) insert.run(entry.id, entry.at, entry.caller, entry.tool, JSON.stringify(entry));
      database.exec('COMMIT');
    } catch (error) {
      // Closing rolls back, and a database that came back under the same name is found again.
      await this.close();
      throw error;
    }
  }

  /** The entries as one JSON array, as they are stored. */
  async query({ limit, tool, caller, before }: CheckedAuditQuery): Promise<string> {
    const { database } = await this.#open();
    const wanted: [string, SQLInputValue | undefined][] = [
      ['tool = ?', tool],
      ['caller = ?', caller],
      ['id < ?', before],
    ];
    const conditions = wanted.filter((condition): condition is [string, SQLInputValue] => condition[1] !== undefined);
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(([sql]) => sql).join(' AND ')}`;
    const rows = database
      .prepare(`SELECT entry FROM mcp_audit ${where} ORDER BY id DESC LIMIT ?`)
      .all(...conditions.map(([, value]) => value), limit);
    return `[${rows.map((row) => String(row['entry'])).join(',')}]`;
  }

  async prune({ before, maxEntries }: Retention): Promise<void> {
    const { database } = await this.#open();
    const surplus = database.prepare('SELECT id FROM mcp_audit ORDER BY id DESC LIMIT 1 OFFSET ?').get(maxEntries);
    await inSteps(database.prepare(deleteWhere('at < ?')), before);
    if (surplus !== undefined) await inSteps(database.prepare(deleteWhere('id <= ?')), String(surplus['id']));
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    opened?.database.close();
  }

  async #open(): Promise<Open> {
    if (this.#opened !== undefined) return this.#opened;
    // Loaded only where it is used: it announces itself as experimental on stderr.
    const { DatabaseSync } = await import('node:sqlite');
    // Two callers may have come here; the first one's database is the one.
    if (this.#opened !== undefined) return this.#opened;
    closeSync(openSync(this.#file, 'a', 0o600));
    // No waiting for another process's lock: the batch is tried again later, and what is asked meanwhile is answered.
    const database = new DatabaseSync(this.#file, { timeout: 0 });
    try {
      database.exec(SCHEMA);
      const insert = database.prepare(
        'INSERT OR IGNORE INTO mcp_audit (id, at, caller, tool, entry) VALUES (?, ?, ?, ?, ?)',
      );
      this.#opened = { database, insert };
      return this.#opened;
    } catch (error) {
      database.close();
      throw error;
    }
  }
}

function deleteWhere(condition: string): string {
  return `DELETE FROM mcp_audit WHERE id IN (SELECT id FROM mcp_audit WHERE ${condition} LIMIT ${ROWS_AT_ONCE})`;
}

async function inSteps(statement: StatementSync, value: SQLInputValue): Promise<void> {
  while (Number(statement.run(value).changes) === ROWS_AT_ONCE) await setImmediate();
}
