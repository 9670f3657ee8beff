import { TABLES, type Entry, type TableName } from '../engine.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { RedisKeys } from './redis-keys.ts';
import { readEntry, STREAM_ITEMS } from './stream-items.ts';

export async function readTables(
  commands: RedisConnection,
  keys: RedisKeys,
): Promise<(readonly [TableName, ReadonlyMap<string, Entry>])[]> {
  return Promise.all(
    TABLES.map(async (table) => {
      const entries = new Map<string, Entry>();
      for (const [name, text] of Object.entries(await commands.redis.hgetall(keys.table(table)))) {
        const entry = readEntry(text);
        if (entry) entries.set(name, entry);
      }
      return [table, entries] as const;
    }),
  );
}

/** @returns the entry that counts */
export async function setEntry(
  commands: RedisConnection,
  keys: RedisKeys,
  table: TableName,
  name: string,
  entry: Entry,
): Promise<Entry> {
  const used = [keys.table(table), keys.version(table), keys.events];
  const text = String(await commands.setEntry(...used, table, name, entry.value, entry.version, STREAM_ITEMS));
  const counts = readEntry(text);
  if (!counts) throw new TypeError(`not an entry: ${text}`);
  return counts;
}
