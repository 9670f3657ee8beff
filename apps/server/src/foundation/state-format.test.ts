/**
 * The files in test-support/state/format-1 were written by server 0.1.0, before they had a mark of their format. They are never
 * changed: a new format gets a folder of its own, and this test reads all of them.
 */
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { LockFile } from '@mcp/upstreams';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { loadOrCreateGeneratedKey } from '../access/generated-key.ts';
import { readKeyStore } from '../access/key-store.ts';
import { loadSessionSecret } from '../access/session-secret.ts';
import { changeKeyStore } from '../access/write-key-store.ts';
import { openStores } from '../jobs/open-stores.ts';
import { SqliteAuditStore } from '../observability/audit/sqlite-store.ts';
import { PostgresAuditStore } from '../observability/audit/postgres-store.ts';
import { POSTGRES_FORMAT, SQLITE_FORMAT } from './state-format.ts';
import { postgresIsThere, postgresSchema, type PostgresPlace } from '../database/test-support/postgres.ts';

const DONE = 'A'.repeat(27);
const QUEUED = 'B'.repeat(27);
let folder: string;
let at: (name: string) => string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'state-'));
  cpSync(fileURLToPath(new URL('test-support/state/format-1', import.meta.url)), folder, { recursive: true });
  at = (name) => join(folder, name);
  for (const file of ['api-key', 'session-secret', 'keys.json']) chmodSync(at(`user/mcp-server/${file}`), 0o600);
});
afterEach(() => rmSync(folder, { recursive: true }));

const jobStores = (): ReturnType<typeof openStores> =>
  openStores({ store: 'auto', directory: at('jobs'), onNoFolder: (_, error) => expect.fail(String(error)) });
const user = (): { env: Record<string, string> } => ({ env: { XDG_CONFIG_HOME: at('user') } });

function formatOf(file: string): unknown {
  const database = new DatabaseSync(at(file));
  try {
    return database.prepare('PRAGMA user_version').get()?.['user_version'];
  } finally {
    database.close();
  }
}

function markAs(file: string, format: number): void {
  const database = new DatabaseSync(at(file));
  database.exec(`PRAGMA user_version = ${format}`);
  database.close();
}

describe('what server 0.1.0 left behind is read by this one', () => {
  test('the audit log', async () => {
    const store = new SqliteAuditStore(at('audit.sqlite'));
    const entries = await store.query({ limit: 10 });
    await store.close();
    expect(entries).toMatchObject([{ caller: 'ops', tool: 'ping', outcome: 'success', durationMs: 12 }]);
    expect(formatOf('audit.sqlite')).toBe(SQLITE_FORMAT);
  });

  test('jobs, one that has ended with its output and one that is still to run', async () => {
    const { store, outputs } = await jobStores();
    try {
      const done = await store.get(DONE);
      expect(done).toMatchObject({ state: 'completed', idempotencyKey: 'k1', stdoutBytes: 5 });
      const { bytes } = await outputs.read(done!, 'stdout', 0, 100);
      expect(Buffer.from(bytes).toString()).toBe('done\n');
      expect(await store.get(QUEUED)).toMatchObject({ state: 'queued', tool: 'backup', arguments: { path: 'a' } });
    } finally {
      await store[Symbol.asyncDispose]();
    }
    expect(formatOf('jobs/jobs.sqlite')).toBe(SQLITE_FORMAT);
  });

  test('the key store, which says its version after the first change', () => {
    const file = at('user/mcp-server/keys.json');
    expect(readKeyStore(file)).toMatchObject([{ name: 'ops', scopes: ['admin'] }]);
    changeKeyStore(file, (keys) => keys);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ version: 1, keys: [{ name: 'ops' }] });
  });

  test('the generated key and the secret of sessions', () => {
    expect(loadOrCreateGeneratedKey(user())).toMatchObject({ created: false, key: `mcp_${'A'.repeat(43)}` });
    expect(loadSessionSecret(user()).problem).toBeUndefined();
  });

  test('the approved tools of upstreams', () => {
    expect(new LockFile(at('upstreams.lock.json')).read('wiki', 'tools')).toMatchObject({
      search: { description: 'Searches' },
    });
  });
});

describe('what a newer server wrote is refused in one sentence, and stays as it is', () => {
  test('the audit log', async () => {
    markAs('audit.sqlite', 2);
    const store = new SqliteAuditStore(at('audit.sqlite'));
    await expect(store.query({ limit: 1 })).rejects.toMatchObject({
      errstr:
        'The audit log was written by a newer server (format 2; this one reads up to 1): start that version again, or put back what you kept from before the upgrade.',
    });
    await store.close();
    expect(formatOf('audit.sqlite')).toBe(2);
  });

  test.each(['named', 'default'])('jobs in the %s folder: the server does not start without them', async (which) => {
    markAs('jobs/jobs.sqlite', 7);
    const options = { store: 'auto', env: { STATE_DIRECTORY: at('jobs') }, onNoFolder: () => expect.fail() } as const;
    await expect(openStores({ ...options, directory: which === 'named' ? at('jobs') : undefined })).rejects.toThrow(
      `The job store ${at('jobs/jobs.sqlite')} was written by a newer server (format 7; this one reads up to 1): `,
    );
    expect(formatOf('jobs/jobs.sqlite')).toBe(7);
  });

  test('the key store', () => {
    const file = at('user/mcp-server/keys.json');
    const text = JSON.stringify({ version: 2, keys: [], more: true });
    writeFileSync(file, text);
    expect(() => readKeyStore(file)).toThrow(/was written by a newer server \(format 2; this one reads up to 1\)/);
    expect(() => changeKeyStore(file, () => [])).toThrow(/newer server/);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('the approved tools of upstreams', () => {
    const file = at('upstreams.lock.json');
    const text = JSON.stringify({ version: 2, upstreams: [] });
    writeFileSync(file, text);
    expect(() => new LockFile(file).read('wiki', 'tools')).toThrow(/was written by a newer version \(format 2; /);
    expect(() => new LockFile(file).write('wiki', 'tools', {})).toThrow(/newer version/);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});

describe.skipIf(!postgresIsThere)('in PostgreSQL', () => {
  let schema: PostgresPlace;
  beforeEach(async () => {
    schema = await postgresSchema();
  });
  afterEach(() => schema[Symbol.asyncDispose]());

  const inPostgres = (): ReturnType<typeof openStores> =>
    openStores({
      store: 'auto',
      directory: undefined,
      postgres: { url: schema.url, pool: {}, closeTimeoutMs: 1000 },
      onNoFolder: () => expect.fail(),
    });
  const marks = async (): Promise<unknown[]> =>
    (await schema.query(`SELECT obj_description('mcp_jobs'::regclass::oid, 'pg_class') AS mark`)).map(
      ({ mark }) => mark,
    );

  test('what server 0.1.0 left behind is read', async () => {
    await schema.query(readFileSync(at('postgres.sql'), 'utf8'));
    const audit = new PostgresAuditStore({ url: schema.url });
    expect(await audit.query({ limit: 10 })).toMatchObject([{ caller: 'ops', tool: 'ping', durationMs: 12 }]);
    await audit.close();
    const { store, outputs } = await inPostgres();
    expect(await store.get(QUEUED)).toMatchObject({ state: 'queued', tool: 'backup', arguments: { path: 'a' } });
    await outputs[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
  });

  test('what this server makes has a mark, and a newer mark is refused in one sentence', async () => {
    const { store } = await inPostgres();
    await store[Symbol.asyncDispose]();
    expect(await marks()).toEqual([`mcp-server format ${POSTGRES_FORMAT}`]);
    await schema.query(`COMMENT ON TABLE mcp_jobs IS 'mcp-server format 12'`);
    await expect(inPostgres()).rejects.toThrow(
      /^The job store in PostgreSQL was written by a newer server \(format 12; this one reads up to 1\): start that version again, or/,
    );
    expect(await marks()).toEqual(['mcp-server format 12']);
  });

  test('an audit log that a newer server made gets no entry', async () => {
    const audit = new PostgresAuditStore({ url: schema.url });
    await audit.query({ limit: 1 });
    await schema.query(`COMMENT ON TABLE mcp_audit IS 'mcp-server format 2'`);
    const older = new PostgresAuditStore({ url: schema.url });
    await expect(older.append([])).rejects.toThrow(/^The audit log in PostgreSQL was written by a newer server/);
    await Promise.all([audit.close(), older.close()]);
  });
});
