/** What only a store that several servers share can get wrong. Each store here has connections of its own. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { postgresDatabase, postgresIsThere, type PostgresPlace } from '../database/test-support/postgres.ts';
import { FileOutputStore } from './output/file-output-store.ts';
import { newJobId } from './record/job-id.ts';
import type { JobOrder } from './record/job-record.ts';
import { PostgresDatabase } from './stores/sql/postgres-database.ts';
import type { OutputRun } from './output/output-store.ts';
import { PostgresOutputStore } from './output/postgres-output-store.ts';
import { SqlJobStore } from './stores/sql/sql-job-store.ts';

const WITHOUT = postgresIsThere ? '' : ' (SKIPPED: no PostgreSQL on 127.0.0.1:5432)';
const QUOTA = { perCaller: 100, maxQueued: 1000 };
const lease = (owner: string): { owner: string; leaseMs: number } => ({ owner, leaseMs: 15_000 });

function ofRun(id: string, fence: number): OutputRun {
  return { id, fence, starts: fence };
}

function order(more: Partial<JobOrder> = {}): JobOrder {
  const limits = { timeoutMs: 60_000, maxOutputBytes: 1000, repeatable: false };
  return { id: newJobId(), tool: 'work', caller: 'ann', arguments: {}, ...limits, ...more };
}

describe.skipIf(!postgresIsThere)(`servers that share a PostgreSQL${WITHOUT}`, () => {
  let place: PostgresPlace;
  let databases: PostgresDatabase[];
  let stores: SqlJobStore[];

  beforeAll(async () => {
    place = await postgresDatabase();
    databases = [1, 2, 3].map(() => new PostgresDatabase({ url: place.url, pool: { poolSize: 2, maxOverflow: 8 } }));
    stores = databases.map((database) => new SqlJobStore(database));
    // All make the tables at the same time.
    await Promise.all(stores.map((store) => store.usage()));
  });
  afterAll(async () => {
    for (const store of stores ?? []) await store[Symbol.asyncDispose]();
    await place?.[Symbol.asyncDispose]();
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

  test('cancel every job that another one claims at the same time', async () => {
    const [first, second, third] = stores;
    for (let round = 0; round < 100; round++) {
      const { id } = order();
      await first!.create(order({ id }), QUOTA);
      const [cancelled] = await Promise.all([second!.cancel(id, 1000), third!.claim(lease('racing'), [])]);
      expect(cancelled?.isChanged).toBe(true);
      expect((await first!.get(id))?.state).toMatch(/^cancell(?:ed|ing)$/u);
    }
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
    await using listener = stores[1]!.listen!({
      changed: (id) => heard.push(id),
      queued: () => heard.push('queued'),
      begun: () => heard.push('begun'),
      unavailable: () => expect.fail('messages arrive'),
    });
    await expect.poll(() => listener.isLive).toBe(true);
    const { id } = order();
    await stores[0]!.create(order({ id, caller: 'dan', tool: 'other' }), QUOTA);
    await expect.poll(() => heard).toEqual(['begun', id, 'queued']);
    // Neither a start nor progress is new work.
    const claimed = await stores[0]!.claim(lease('runner'), ['work']);
    const progress = { stdoutBytes: 1, stderrBytes: 0, message: 'half' };
    await stores[0]!.report(id, claimed!.fence, progress);
    await stores[0]!.cancel(id, 1000);
    await expect.poll(() => heard).toEqual(['begun', id, 'queued', id, id, id]);
    heard.length = 0;
    await place.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mcp-server listener' AND datname = current_database()`,
    );
    await expect.poll(() => listener.isLive).toBe(false);
    await expect.poll(() => listener.isLive, { timeout: 5000 }).toBe(true);
    const { job } = (await stores[0]!.create(order({ caller: 'dan' }), QUOTA)) as { job: JobOrder };
    await expect.poll(() => heard).toEqual(['begun', job.id, 'queued']);
  });

  test('replace what an earlier server made, which announced nothing that was queued apart', async () => {
    await using older = await postgresDatabase();
    await older.query(
      readFileSync(new URL('../foundation/test-support/state/format-1/postgres.sql', import.meta.url), 'utf8'),
    );
    await using store = new SqlJobStore(new PostgresDatabase({ url: older.url }));
    await store.usage();
    let queued = 0;
    await using listener = store.listen!({
      changed: () => undefined,
      queued: () => void (queued += 1),
      begun: () => undefined,
      unavailable: () => undefined,
    });
    await expect.poll(() => listener.isLive).toBe(true);
    await store.create(order(), QUOTA);
    await expect.poll(() => queued).toBe(1);
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
      const writer = outputs(0).open(ofRun(id, 1));
      for (let at = 0; at < printed.length; at += 7919) writer.write('stdout', printed.subarray(at, at + 7919));
      writer.write('stderr', Buffer.from('oops'));
      await writer.close();
      const read: Buffer[] = [];
      for (let at = 0; at < printed.length; at += 50_000) {
        const { bytes, total } = await outputs(1).read(ofRun(id, 1), 'stdout', at, 50_000);
        expect(total).toBe(printed.length);
        read.push(Buffer.from(bytes));
      }
      const checksum = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
      expect(checksum(Buffer.concat(read))).toBe(checksum(printed));
      expect(Buffer.from((await outputs(1).read(ofRun(id, 1), 'stderr', 2, 10)).bytes).toString()).toBe('ps');
      expect((await outputs(1).read(ofRun(id, 1), 'stdout', printed.length, 10)).bytes).toHaveLength(0);
      expect(readdirSync(join(folder, '0'))).toEqual([]);
    });

    test.each([
      ['another server', 1],
      ['the same server', 0],
    ])('show the last run, on %s, whatever an earlier one still uploads', async (_, server) => {
      const id = newJobId();
      const late = outputs(0).open(ofRun(id, 1));
      late.write('stdout', Buffer.from('of the first run'));
      const next = outputs(server).open(ofRun(id, 2));
      next.write('stdout', Buffer.from('sec'));
      await late.close();
      next.write('stdout', Buffer.from('ond'));
      await next.close();
      const { bytes, total } = await outputs(2).read(ofRun(id, 2), 'stdout', 0, 100);
      expect([Buffer.from(bytes).toString(), total]).toEqual(['second', 6]);
      // A reader that began before does not go on in the output of another run; the end of a job is one fence more than its last run.
      expect((await outputs(2).read(ofRun(id, 1), 'stdout', 4, 100)).total).not.toBe(6);
      expect((await outputs(2).read(ofRun(id, 3), 'stdout', 0, 100)).total).toBe(6);
    });

    test('are removed with their job, or by the next start where that did not happen', async () => {
      const { job } = (await stores[0]!.create(order({ caller: 'eve' }), QUOTA)) as { job: JobOrder };
      for (const id of [job.id, newJobId(), newJobId()]) {
        const writer = outputs(0).open(ofRun(id, 1));
        writer.write('stdout', Buffer.from('x'));
        await writer.close();
      }
      await outputs(1).sweep();
      const idsIn = (): Promise<unknown[]> =>
        place.query('SELECT DISTINCT id FROM mcp_job_output').then((rows) => rows.map(({ id }) => id));
      expect(await idsIn()).toEqual([job.id]);
      await outputs(1).remove([job.id]);
      expect(await idsIn()).toEqual([]);
    });
  });
});
