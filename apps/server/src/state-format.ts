/** The format of the files that a server leaves behind. A newer server reads what an older one wrote; the other way round is refused. */
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

/** What to say about state that this server must not touch. */
export function newerState(what: string, found: number, known: number): string {
  return `${what} was written by a newer server (format ${found}; this one reads up to ${known}): start that version again, or put back the files from before the upgrade.`;
}
