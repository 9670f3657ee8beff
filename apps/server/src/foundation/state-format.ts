/** The format of what a server leaves behind in files and databases. A newer server reads what an older one wrote; the other way round is refused. */
import { StartError } from './start-error.ts';

/** Structure of what SQLite keeps. Raise it with every change that a server of the format before could not read or write. @internal */
export const SQLITE_FORMAT = 1;

/** The part of a SQLite database that this needs. */
interface Database {
  exec(sql: string): void;
  prepare(sql: string): { get(): Readonly<Record<string, unknown>> | undefined };
}

/**
 * Marks a database with the format of this server. One without a mark is new, or from before there were marks: format 1.
 *
 * @param what with its file, as the subject of a sentence: "The audit log a.sqlite"
 * @throws {StartError} when a newer server wrote it; the database is then unchanged
 */
export function claimFormat(database: Database, what: string): void {
  const found = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (found > SQLITE_FORMAT) throw new StartError(newerState(what, found, SQLITE_FORMAT));
  if (found < SQLITE_FORMAT) database.exec(`PRAGMA user_version = ${SQLITE_FORMAT}`);
}

/** Structure of the tables in PostgreSQL. Raise it, and mark the tables anew, when a server of the format before could not read or write them. @internal */
export const POSTGRES_FORMAT = 1;

/** The part of a connection to PostgreSQL that this needs. */
interface Connection {
  query(sql: string, values: string[]): Promise<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }>;
}

/** Marks a table that this server made. The mark is a comment, so that a role which may only read and write needs no more to read it. */
export function formatMark(table: string): string {
  return `COMMENT ON TABLE ${table} IS 'mcp-server format ${POSTGRES_FORMAT}'`;
}

/**
 * Whether the table is there. One without a mark is from before there were marks: format 1.
 *
 * @param what the subject of a sentence: "The audit log in PostgreSQL"
 * @throws {StartError} when a newer server made it
 */
export async function isTableThere(connection: Connection, table: string, what: string): Promise<boolean> {
  const { rows } = await connection.query(
    `SELECT to_regclass($1) AS found, obj_description(to_regclass($1)::oid, 'pg_class') AS mark`,
    [table],
  );
  const mark = /^mcp-server format (?<format>\d+)$/.exec(String(rows[0]?.['mark']))?.groups?.['format'];
  if (Number(mark) > POSTGRES_FORMAT) throw new StartError(newerState(what, Number(mark), POSTGRES_FORMAT));
  return typeof rows[0]?.['found'] === 'string';
}

/** What to say about state that this server must not touch. */
export function newerState(what: string, found: number, known: number): string {
  return `${what} was written by a newer server (format ${found}; this one reads up to ${known}): start that version again, or put back what you kept from before the upgrade.`;
}
