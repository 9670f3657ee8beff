import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { ManualClock } from '../../../foundation/test-support/manual-clock.ts';
import { openSqliteDatabase } from './sqlite-database.ts';
import { SqlJobStore } from './sql-job-store.ts';

const RETENTION_MS = 60_000;

test('jobs of a runner that is gone are reported where the database ends before those that are late', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sql-job-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const clock = new ManualClock();
  const database = await openSqliteDatabase({ file: join(folder, 'jobs.sqlite'), clock });
  let isAway = false;
  const query = database.query.bind(database);
  database.query = async (statement, values) => {
    if (isAway && statement.includes(`'expired'`)) throw new Error('away');
    return query(statement, values);
  };
  await using store = new SqlJobStore(database);
  const order = { tool: 'work', caller: 'ann', arguments: {}, timeoutMs: 1000, maxOutputBytes: 9, repeatable: false };
  const quota = { perCaller: 9, maxQueued: 9 };
  await store.create({ ...order, id: 'held' }, quota);
  await store.claim({ owner: 'gone', leaseMs: 1000 }, []);
  await store.create({ ...order, id: 'late' }, quota);
  clock.advance(1001);
  isAway = true;
  expect(await store.reap(RETENTION_MS)).toMatchObject([{ id: 'held', state: 'lost' }]);
  await expect(store.reap(RETENTION_MS)).rejects.toThrow('away');
  isAway = false;
  expect(await store.reap(RETENTION_MS)).toMatchObject([{ id: 'late', state: 'expired' }]);
});
