/** What only a store that several servers share can get wrong. Each store here has connections of its own. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { postgresIsThere, postgresSchema, type PostgresSchema } from '../test-support/postgres.ts';
import { FileOutputStore } from './file-output-store.ts';
import { newJobId } from './job-id.ts';
import type { JobOrder } from './job-record.ts';
import { PostgresDatabase } from './postgres-database.ts';
import { PostgresOutputStore } from './postgres-output-store.ts';
import { SqlJobStore } from './sql-job-store.ts';

const WITHOUT = postgresIsThere ? '' : ' (SKIPPED: no PostgreSQL on 127.0.0.1:5432)';
const QUOTA = { perCaller: 100, maxQueued: 1000 };
const lease = (owner: string): { owner: string; leaseMs: number } => ({ owner, leaseMs: 15_000 });

function order(more: Partial<JobOrder> = {}): JobOrder {
  const limits = { timeoutMs: 60_000, maxOutputBytes: 1000, repeatable: false };
  return { id: newJobId(), tool: 'work', caller: 'ann', arguments: {}, ...limits, ...more };
}

describe.skipIf(!postgresIsThere)(`servers that share a PostgreSQL${WITHOUT}`, () => {
  let schema: PostgresSchema;
  let databases: PostgresDatabase[];
  let stores: SqlJobStore[];

  beforeAll(async () => {
    schema = await postgresSchema();
    databases = [1, 2, 3].map(() => new PostgresDatabase({ url: schema.url, pool: { poolSize: 2, maxOverflow: 8 } }));
    stores = databases.map((database) => new SqlJobStore(database));
    // All make the tables at the same time.
    await Promise.all(stores.map((store) => store.usage()));
  });
  afterAll(async () => {
    for (const store of stores ?? []) await store[Symbol.asyncDispose]();
    await schema?.[Symbol.asyncDispose]();
  });

  test('start each job once', async () => {
    const [first] = stores;
    const ids = await Promise.all(Array.from({ length: 30 }, () => first!.create(order(), QUOTA)));
    const claims = stores.flatMap((store, owner) =>
      Array.from({ length: 15 }, () => store.claim(lease(`runner${owner}`), [])),
    );
    const claimed = (await Promise.all(claims)).filter((job) => job !== undefined);
    // A claim that finds the next job taken by another looks no further; the rest is claimed by the next one.
    for (let job = await first!.claim(lease('last'), []); job; job = await first!.claim(lease('last'), []))
      claimed.push(job);
    expect(new Set(claimed.map(({ id }) => id)).size).toBe(ids.length);
    expect(claimed.map(({ starts }) => starts)).toEqual(ids.map(() => 1));
  });

  test('hold the quota of a caller together, and make one job of one idempotency key', async () => {
    const quota = { perCaller: 5, maxQueued: 1000 };
    const created = await Promise.all(
      Array.from({ length: 24 }, (_, index) => stores[index % 3]!.create(order({ caller: 'bob' }), quota)),
    );
    expect(created.filter(({ kind }) => kind === 'created')).toHaveLength(5);
    const same = await Promise.all(
      stores.map((store) => store.create(order({ caller: 'cy', idempotencyKey: 'k' }), QUOTA)),
    );
    expect(same.map(({ kind }) => kind).toSorted()).toEqual(['created', 'existing', 'existing']);
    const other = await stores[0]!.create(order({ caller: 'cy', idempotencyKey: 'k', arguments: { a: 1 } }), QUOTA);
    expect(other.kind).toBe('mismatch');
  });

  test('are notified of what another one queues, cancels or ends, also after their connection was lost', async () => {
    const heard: string[] = [];
    await using listener = stores[1]!.listen!((id) => heard.push(id));
    await expect.poll(() => listener.isLive).toBe(true);
    const { id } = order();
    await stores[0]!.create(order({ id, caller: 'dan' }), QUOTA);
    await expect.poll(() => heard).toEqual([id]);
    await stores[0]!.cancel(id, 1000);
    await expect.poll(() => heard).toEqual([id, id]);
    await schema.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mcp-server listener'`,
    );
    await expect.poll(() => listener.isLive).toBe(false);
    await expect.poll(() => listener.isLive, { timeout: 5000 }).toBe(true);
    await stores[0]!.create(order({ caller: 'dan' }), QUOTA);
    await expect.poll(() => heard.length).toBe(3);
  });

  describe('and the output of jobs', () => {
    const folder = mkdtempSync(join(tmpdir(), 'upload-'));
    afterAll(() => rmSync(folder, { recursive: true }));
    const outputs = (index: number): PostgresOutputStore =>
      new PostgresOutputStore({
        database: databases[index]!,
        local: new FileOutputStore({ folder: join(folder, String(index)) }),
        closeTimeoutMs: 5000,
      });

    test('read the same bytes on every server, at every offset, and leave nothing on the disk of the runner', async () => {
      const id = newJobId();
      const printed = randomBytes(300_000);
      const writer = outputs(0).open(id, 1);
      for (let at = 0; at < printed.length; at += 7919) writer.write('stdout', printed.subarray(at, at + 7919));
      writer.write('stderr', Buffer.from('oops'));
      await writer.close();
      const read: Buffer[] = [];
      for (let at = 0; at < printed.length; at += 50_000) {
        const { bytes, total } = await outputs(1).read(id, 'stdout', at, 50_000);
        expect(total).toBe(printed.length);
        read.push(Buffer.from(bytes));
      }
      const checksum = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
      expect(checksum(Buffer.concat(read))).toBe(checksum(printed));
      expect(Buffer.from((await outputs(1).read(id, 'stderr', 2, 10)).bytes).toString()).toBe('ps');
      expect((await outputs(1).read(id, 'stdout', printed.length, 10)).bytes).toHaveLength(0);
      expect(readdirSync(join(folder, '0'))).toEqual([]);
    });

    test('show the last run, whatever an earlier one still uploads', async () => {
      const id = newJobId();
      const late = outputs(0).open(id, 1);
      late.write('stdout', Buffer.from('of the first run'));
      const next = outputs(1).open(id, 2);
      next.write('stdout', Buffer.from('second'));
      await next.close();
      await late.close();
      const { bytes, total } = await outputs(2).read(id, 'stdout', 0, 100);
      expect([Buffer.from(bytes).toString(), total]).toEqual(['second', 6]);
    });

    test('are removed with their job, or by the next start where that did not happen', async () => {
      const { job } = (await stores[0]!.create(order({ caller: 'eve' }), QUOTA)) as { job: JobOrder };
      for (const id of [job.id, newJobId(), newJobId()]) {
        const writer = outputs(0).open(id, 1);
        writer.write('stdout', Buffer.from('x'));
        await writer.close();
      }
      await outputs(1).sweep();
      const idsIn = (): Promise<unknown[]> =>
        schema.query('SELECT DISTINCT id FROM mcp_job_output').then((rows) => rows.map(({ id }) => id));
      expect(await idsIn()).toEqual([job.id]);
      await outputs(1).remove([job.id]);
      expect(await idsIn()).toEqual([]);
    });
  });
});
