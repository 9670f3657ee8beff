import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { POSTGRES_URL, postgresIsThere } from '../../database/test-support/postgres.ts';
import { AuditIds, auditEntry, type AuditEntry } from './audit-entry.ts';
import type { AuditStore } from './audit-store.ts';
import { textOf } from './entries-text.ts';
import { MemoryAuditStore } from './memory-store.ts';
import { PostgresAuditStore } from './postgres-store.ts';
import { SqliteAuditStore } from './sqlite-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'audit-'));
const tables: string[] = [];
const newTable = (): string => {
  const table = `audit_test_${randomBytes(6).toString('hex')}`;
  tables.push(table);
  return table;
};
const newFile = (): string => join(folder, `${randomBytes(6).toString('hex')}.db`);

afterAll(async () => {
  rmSync(folder, { recursive: true });
  if (tables.length === 0) return;
  const client = new Client(POSTGRES_URL);
  await client.connect();
  for (const table of tables) await client.query(`DROP TABLE IF EXISTS ${table}`);
  await client.end();
});

const ids = new AuditIds();
function entry(tool: string, change: Partial<AuditEntry> = {}): AuditEntry {
  const record = { correlationId: 'c', caller: 'ci', tool, decision: 'allowed', outcome: 'success' } as const;
  const at = Date.UTC(2030, 0, 1);
  const made = auditEntry(ids.next(at), at, { ...record, durationMs: 1.5, queueMs: 0, outputBytes: 3 }, false);
  return { ...made, argumentShape: { target: 'string(9)' }, ...change };
}
const toolsOf = (entries: AuditEntry[]): string[] => entries.map(({ tool }) => tool);

const stores: [string, boolean, () => AuditStore][] = [
  ['memory', true, () => new MemoryAuditStore()],
  ['sqlite', true, () => new SqliteAuditStore(newFile())],
  ['postgres', postgresIsThere, () => new PostgresAuditStore({ url: POSTGRES_URL, table: newTable(), poolSize: 2 })],
];

describe.each(stores)('the %s store', (_name, isThere, create) => {
  describe.skipIf(!isThere)('where it can be reached', () => {
    let store: AuditStore;
    beforeEach(() => {
      store = create();
    });
    afterEach(() => store.close());

    test('returns the stored entries, newest first', async () => {
      const [a, b] = [entry('a', { reason: 'x', exitCode: 3, argumentText: '{"a":"\\u0000 é 😀"}' }), entry('b')];
      await store.append([a, b]);
      expect(await store.query({ limit: 10 })).toEqual([b, a]);
    });

    test('returns entries of several workers newest first, whatever the order in which their texts came', async () => {
      const change = { argumentText: '{"a":"\\u0000 é 😀"}' };
      const [a, b, c, d] = [entry('a', change), entry('b', change), entry('c', change), entry('d', change)];
      await store.appendText(textOf([a, c]));
      await store.appendText(textOf([b, d]));
      await store.appendText(textOf([b, d]));
      expect(await store.query({ limit: 2 })).toEqual([d, c]);
      expect(await store.query({ limit: 9, before: c.id })).toEqual([b, a]);
      await store.appendText(textOf([a]));
      await store.prune({ before: 0, maxEntries: 3 });
      expect(toolsOf(await store.query({ limit: 9 }))).toEqual(['d', 'c', 'b']);
    });

    test('filters by tool, caller and age together, up to the limit', async () => {
      const all = ['a', 'b', 'a', 'b', 'a'].map((tool, i) => entry(tool, { caller: i < 3 ? 'ci' : "o'ps" }));
      await store.append(all);
      expect(await store.query({ limit: 2 })).toEqual([all[4], all[3]]);
      expect(toolsOf(await store.query({ limit: 9, tool: 'b' }))).toEqual(['b', 'b']);
      expect(await store.query({ limit: 9, caller: "o'ps" })).toEqual([all[4], all[3]]);
      expect(await store.query({ limit: 9, before: all[2]?.id ?? '' })).toEqual([all[1], all[0]]);
      expect(await store.query({ limit: 9, before: all[4]?.id ?? '', tool: 'a', caller: 'ci' })).toEqual([
        all[2],
        all[0],
      ]);
      expect(await store.query({ limit: 9, tool: "' OR 1=1 --" })).toEqual([]);
    });

    test('removes by age and by number', async () => {
      const old = entry('old', { at: 1000 });
      const rest = ['a', 'b', 'c'].map((tool) => entry(tool));
      await store.append([old, ...rest]);
      await store.prune({ before: 2000, maxEntries: 100 });
      expect(toolsOf(await store.query({ limit: 9 }))).toEqual(['c', 'b', 'a']);
      await store.prune({ before: 2000, maxEntries: 2 });
      expect(toolsOf(await store.query({ limit: 9 }))).toEqual(['c', 'b']);
    });

    test('removes many at a time', async () => {
      await store.append(Array.from({ length: 1000 }, (_, i) => entry(`t${i}`, { at: i })));
      await store.prune({ before: 990, maxEntries: 5 });
      expect(await store.query({ limit: 1000 })).toHaveLength(5);
    });
  });
});

describe('a memory store', () => {
  test('never shows more than its capacity', async () => {
    const store = new MemoryAuditStore(10);
    for (let i = 0; i < 100; i++) {
      await store.append([entry(`t${i}`)]);
      expect(await store.query({ limit: 1000 })).toHaveLength(Math.min(i + 1, 10));
    }
    expect(toolsOf(await store.query({ limit: 1 }))).toEqual(['t99']);
  });

  test('never shows more than its capacity of those that came as texts', async () => {
    const store = new MemoryAuditStore(10);
    for (let i = 0; i < 50; i += 2) {
      await store.appendText(textOf([entry(`t${i}`), entry(`t${i + 1}`)]));
      if (i % 16 !== 0) continue;
      const shown = toolsOf(await store.query({ limit: 1000 }));
      expect(shown).toEqual(Array.from({ length: Math.min(i + 2, 10) }, (_, back) => `t${i + 1 - back}`));
    }
  });

  test('keeps fewer entries where their texts are long, and never more text than it may', async () => {
    const store = new MemoryAuditStore(1000, 10_000);
    for (let i = 0; i < 50; i++) {
      await store.append([entry(`t${i}`, { argumentText: 'x'.repeat(900) })]);
      const kept = await store.query({ limit: 1000 });
      expect(kept.length * 900).toBeLessThanOrEqual(10_000);
      expect(kept.length).toBeGreaterThanOrEqual(Math.min(i + 1, 9));
      expect(kept[0]?.tool).toBe(`t${i}`);
    }
    await store.prune({ before: 0, maxEntries: 1 });
    await store.append(Array.from({ length: 100 }, (_, i) => entry(`short${i}`)));
    expect(await store.query({ limit: 1000 })).toHaveLength(101);
  });
});

describe('a sqlite store', () => {
  test('keeps entries over a restart, in a file only the owner can read', async () => {
    const file = newFile();
    const first = new SqliteAuditStore(file);
    await first.append([entry('kept')]);
    await first.close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const second = new SqliteAuditStore(file);
    expect(toolsOf(await second.query({ limit: 9 }))).toEqual(['kept']);
    await second.close();
  });

  test('begins a new file when its file was removed or replaced', async () => {
    const file = newFile();
    const store = new SqliteAuditStore(file);
    await store.append([entry('a')]);
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
    await store.append([entry('b')]);
    await store.close();
    const again = new SqliteAuditStore(file);
    expect((await again.query({ limit: 10 })).map(({ tool }) => tool)).toEqual(['b']);
    await again.close();
  });

  test('stores an entry once when it is sent twice', async () => {
    const store = new SqliteAuditStore(newFile());
    const batch = [entry('a')];
    await store.append(batch);
    await store.append(batch);
    expect(await store.query({ limit: 9 })).toHaveLength(1);
    await store.close();
  });

  test('rejects when its file is no database or its folder is missing, and works once that is fixed', async () => {
    const file = newFile();
    writeFileSync(file, 'this is not a database, and long enough to be seen as none'.repeat(20));
    const store = new SqliteAuditStore(file);
    await expect(store.append([entry('a')])).rejects.toThrow(/not a database/);
    rmSync(file);
    await store.append([entry('b')]);
    expect(toolsOf(await store.query({ limit: 9 }))).toEqual(['b']);
    await store.close();
    await expect(new SqliteAuditStore(join(folder, 'none/x.db')).append([entry('a')])).rejects.toThrow(/ENOENT/);
  });

  test('rejects at once while another process holds the lock, and works after', async () => {
    const file = newFile();
    const store = new SqliteAuditStore(file);
    await store.append([entry('a')]);
    const { DatabaseSync } = await import('node:sqlite');
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    await expect(store.append([entry('b')])).rejects.toThrow(/locked/);
    other.exec('COMMIT');
    other.close();
    await store.append([entry('c')]);
    expect(toolsOf(await store.query({ limit: 9 }))).toEqual(['c', 'a']);
    await store.close();
  });
});

describe('the thread of a sqlite store', () => {
  test('leaves the event loop free while it writes', async () => {
    const store = new SqliteAuditStore(newFile());
    await store.append([entry('first')]);
    const batch = Array.from({ length: 5000 }, () => entry('a', { argumentText: 'x'.repeat(1000) }));
    let turns = 0;
    let writing = true;
    const turn = (): void => {
      turns += 1;
      if (writing) setImmediate(turn);
    };
    setImmediate(turn);
    await store.append(batch);
    writing = false;
    // In this thread the whole batch would have been one turn.
    expect(turns).toBeGreaterThan(10);
    await store.close();
  });

  test('answers in the order of the requests', async () => {
    const store = new SqliteAuditStore(newFile());
    const all = Array.from({ length: 20 }, (_, i) => entry(`t${i}`));
    const counts = all.map(async (one) => {
      void store.append([one]);
      return (await store.query({ limit: 100 })).length;
    });
    expect(await Promise.all(counts)).toEqual(all.map((_, i) => i + 1));
    await store.close();
  });

  test('starts again after it was closed, and is not started without a request', async () => {
    const store = new SqliteAuditStore(newFile());
    await store.close();
    await store.append([entry('a')]);
    await store.close();
    expect(toolsOf(await store.query({ limit: 9 }))).toEqual(['a']);
    await store.close();
  });

  test('settles every request when it is closed during a prune', async () => {
    const store = new SqliteAuditStore(newFile());
    await store.append(Array.from({ length: 2000 }, () => entry('a')));
    const pruned = store.prune({ before: Number.MAX_SAFE_INTEGER, maxEntries: 1 });
    const [settled] = await Promise.all([Promise.allSettled([pruned]), store.close()]);
    expect(settled[0]?.status).toBe('rejected');
  });

  test('reports the fixed error text of the database', async () => {
    const file = newFile();
    writeFileSync(file, 'this is not a database, and long enough to be seen as none'.repeat(20));
    await expect(new SqliteAuditStore(file).append([entry('a')])).rejects.toMatchObject({
      errstr: 'file is not a database',
    });
  });
});

describe.skipIf(!postgresIsThere)('a postgres store', () => {
  test('is shared by servers that start at the same moment', async () => {
    const table = newTable();
    const servers = [1, 2, 3].map(() => new PostgresAuditStore({ url: POSTGRES_URL, table }));
    // Making the table at once may make one of them fail; the trail sends the batch again.
    for (const result of await Promise.allSettled(servers.map((server) => server.append([entry('a')])))) {
      expect(['fulfilled', 'rejected']).toContain(result.status);
    }
    const batches = servers.map((_, i) => [entry(`s${i}`)]);
    await Promise.all(servers.map((server, i) => server.append(batches[i] ?? [])));
    await Promise.all(servers.map((server, i) => server.append(batches[i] ?? [])));
    const seen = await servers[0]?.query({ limit: 100 });
    expect(seen?.filter(({ tool }) => tool.startsWith('s'))).toHaveLength(3);
    await Promise.all(servers.map((server) => server.close()));
  });

  test('creates its table again after it was dropped', async () => {
    const table = newTable();
    const store = new PostgresAuditStore({ url: POSTGRES_URL, table });
    await store.append([entry('a')]);
    const client = new Client(POSTGRES_URL);
    await client.connect();
    await client.query(`DROP TABLE ${table}`);
    await client.end();
    await expect(store.append([entry('b')])).rejects.toMatchObject({ code: '42P01' });
    await store.append([entry('c')]);
    expect(toolsOf(await store.query({ limit: 9 }))).toEqual(['c']);
    await store.close();
  });

  test('rejects when nothing listens there', async () => {
    const store = new PostgresAuditStore({ url: 'postgres://x:secret@127.0.0.1:1/x' });
    await expect(store.append([entry('a')])).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await store.close();
  });
});

test('a table name is plain', () => {
  expect(() => new PostgresAuditStore({ url: POSTGRES_URL, table: 'x; DROP TABLE y' })).toThrow(/plain/);
});
