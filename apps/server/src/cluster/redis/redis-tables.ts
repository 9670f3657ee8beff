import { TABLES, type Entry, type TableName } from '../engine.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { RedisKeys } from './redis-keys.ts';
import { readEntry, STREAM_ITEMS } from './redis-stream.ts';

export async function readTables(
  commands: RedisConnection,
  keys: RedisKeys,
): Promise<(readonly [TableName, ReadonlyMap<string, Entry>])[]> {
  return Promise.all(
    TABLES.map(async (table) => {
      const entries = Object.entries(await commands.redis.hgetall(keys.table(table)));
      return [table, new Map(entries.map(([name, text]) => [name, readEntry(text)]))] as const;
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
  return readEntry(String(await commands.setEntry(...used, table, name, entry.value, entry.version, STREAM_ITEMS)));
}
