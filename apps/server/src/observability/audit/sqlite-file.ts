import { closeSync, openSync, statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { claimFormat } from '../../foundation/state-format.ts';
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

/** Rows deleted by one statement, so that other requests are served in between. */
const ROWS_PER_STATEMENT = 200;

interface Open {
  readonly database: DatabaseSync;
  readonly insert: StatementSync;
  readonly inode: number;
}

/**
 * Entries in one SQLite file, readable by its owner only. It is opened when first needed, and again after a failure or when the
 * file was removed or replaced. node:sqlite blocks, so this runs in a thread of its own: see `sqlite-store.ts`.
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
      // Closing rolls back, and the next batch opens the file again.
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
    // A removed or replaced file would take entries that nobody finds again.
    if (this.#opened !== undefined && this.#opened.inode !== inodeOf(this.#file)) await this.close();
    if (this.#opened !== undefined) return this.#opened;
    // Loaded only where it is used: Node 22 prints a warning that it is experimental.
    const { DatabaseSync } = await import('node:sqlite');
    // Another caller may have opened it meanwhile.
    if (this.#opened !== undefined) return this.#opened;
    closeSync(openSync(this.#file, 'a', 0o600));
    // Does not wait for another process's lock: the batch is retried later, and other requests are served meanwhile.
    const database = new DatabaseSync(this.#file, { timeout: 0 });
    try {
      claimFormat(database, 'The audit log');
      database.exec(SCHEMA);
      const insert = database.prepare(
        'INSERT OR IGNORE INTO mcp_audit (id, at, caller, tool, entry) VALUES (?, ?, ?, ?, ?)',
      );
      this.#opened = { database, insert, inode: inodeOf(this.#file) ?? 0 };
      return this.#opened;
    } catch (error) {
      database.close();
      throw error;
    }
  }
}

/** `undefined` when there is no such file. */
function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}

function deleteWhere(condition: string): string {
  return `DELETE FROM mcp_audit WHERE id IN (SELECT id FROM mcp_audit WHERE ${condition} LIMIT ${ROWS_PER_STATEMENT})`;
}

async function inSteps(statement: StatementSync, value: SQLInputValue): Promise<void> {
  while (Number(statement.run(value).changes) === ROWS_PER_STATEMENT) await setImmediate();
}
