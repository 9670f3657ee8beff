import type { SqlDatabase } from './sql-database.ts';

/** Where another thread of this process finds the same jobs. */
export type StoreAddress =
  | { readonly kind: 'sqlite'; readonly file: string }
  /** `postgres://...`; holds the password, so it must never be printed. */
  | { readonly kind: 'postgres'; readonly url: string };

const CONNECT_MS = 5000;

/** Loads what the database needs. @returns opens it for a statement or two, with one connection */
export async function databaseOpener(address: StoreAddress): Promise<() => Promise<SqlDatabase>> {
  if (address.kind === 'sqlite') {
    const { openSqliteDatabase } = await import('./sqlite-database.ts');
    return () => openSqliteDatabase({ file: address.file });
  }
  const [{ PostgresDatabase }] = await Promise.all([import('./postgres-database.ts'), import('pg')]);
  const pool = { poolSize: 1, maxOverflow: 0, poolTimeoutMs: CONNECT_MS };
  return async () => new PostgresDatabase({ url: address.url, pool });
}
