import { isPostgresUrl } from '../../configuration/sections/database-section.ts';
import type { AuditStore } from './audit-store.ts';
import { MemoryAuditStore } from './memory-store.ts';
import type { PoolSettings } from '../../database/postgres-connections.ts';
import { PostgresAuditStore } from './postgres-store.ts';
import { SqliteAuditStore } from './sqlite-store.ts';

/**
 * The store that `database.url` names. Connects to nothing yet, so an unreachable store does not stop the server.
 *
 * @param url '' for memory, `sqlite:FILE`, or `postgres://...` (also `postgresql://...`)
 * @throws {Error} when it is none of these; the URL may hold a password and is not repeated
 */
export function openAuditStore(url: string, pool: PoolSettings = {}): AuditStore {
  if (url === '') return new MemoryAuditStore();
  if (/^sqlite:./.test(url)) return new SqliteAuditStore(url.slice('sqlite:'.length));
  if (isPostgresUrl(url)) return new PostgresAuditStore({ ...pool, url });
  throw new Error('database.url must be empty (memory), "sqlite:FILE" or "postgres://user:password@host/database".');
}
