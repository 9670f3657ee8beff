import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../foundation/test-support/manual-clock.ts';
import { isFinal, MAX_STARTS, type JobRecord } from '../record/job-record.ts';
import type { JobStore } from './job-store.ts';
import { MemoryJobStore } from './memory-job-store.ts';
import { postgresIsThere, postgresSchema } from '../../database/test-support/postgres.ts';
import { PostgresDatabase } from './sql/postgres-database.ts';
import type { SqlDatabase } from './sql/sql-database.ts';
import { SqlJobStore } from './sql/sql-job-store.ts';
import { openSqliteDatabase } from './sql/sqlite-database.ts';
import { all, perform, steps, type Step } from './test-support/job-store-steps.ts';

const WITHOUT = postgresIsThere ? '' : ' (SKIPPED: no PostgreSQL on 127.0.0.1:5432)';

/** A job that waited still has the lease of its last run when it is cancelled. */
const CANCELLED_WHILE_WAITING: readonly Step[] = [
  { step: 'create', caller: 0, key: 0, value: 0, repeatable: false },
  { step: 'claim', owner: 0, busy: false },
  { step: 'wait', job: 0, late: false },
  { step: 'cancel', job: 0 },
];

/** Runs the steps and looks at every job after each of them. */
async function replay(
  store: JobStore,
  clock: ManualClock,
  list: readonly Step[],
  look: (jobs: readonly JobRecord[], step: Step) => void,
): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const [index, step] of list.entries()) {
    if (step.step === 'advance') clock.advance(step.ms);
    answers.push(await perform(store, step, index));
    const jobs = await all(store);
    look(jobs, step);
    answers.push(jobs, await store.usage(), await store.nextDueMs());
  }
  return answers;
}

describe('every store of jobs', () => {
  test('gives a job one final state, one start and a fence that grows', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const clock = new ManualClock();
        const before = new Map<string, JobRecord>();
        const legs = new Map<string, number>();
        await replay(new MemoryJobStore(clock), clock, list, (jobs) => {
          for (const job of jobs) {
            const earlier = before.get(job.id) ?? job;
            before.set(job.id, job);
            const { outputRemoved: _, ...lasting } = earlier;
            expect(job).toMatchObject(isFinal(earlier) ? lasting : {});
            expect(job.fence).toBeGreaterThanOrEqual(earlier.fence);
            if (earlier.state === 'waiting' && job.state === 'queued') legs.set(job.id, (legs.get(job.id) ?? 0) + 1);
            const starts = job.starts - (legs.get(job.id) ?? 0);
            expect(starts).toBeLessThanOrEqual(job.repeatable ? MAX_STARTS : 1);
            // Of those that were given up, who has done that is known.
            expect(job.owner !== '').toBe(['running', 'cancelling', 'lost', 'expired'].includes(job.state));
            expect(job.expiresAt > 0).toBe(isFinal(job));
          }
        });
      }),
      { numRuns: 150 },
    );
  });

  const answersAsMemory = async (
    open: (clock: ManualClock) => Promise<SqlDatabase>,
    numRuns: number,
  ): Promise<void> => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const clocks = [new ManualClock(), new ManualClock()] as const;
        await using memory = new MemoryJobStore(clocks[0]);
        await using other = new SqlJobStore(await open(clocks[1]));
        const nothing = (): void => undefined;
        const expected = await replay(memory, clocks[0], list, nothing);
        expect(await replay(other, clocks[1], list, nothing)).toEqual(expected);
      }),
      { numRuns, examples: [[CANCELLED_WHILE_WAITING]] },
    );
  };

  test('answers every step as the one in memory does: SQLite', async () => {
    const open = (clock: ManualClock): Promise<SqlDatabase> => openSqliteDatabase({ file: ':memory:', clock });
    await expect(answersAsMemory(open, 60)).resolves.toBeUndefined();
  });

  test.skipIf(!postgresIsThere)(`answers every step as the one in memory does: PostgreSQL${WITHOUT}`, async () => {
    await using schema = await postgresSchema();
    const open = async (clock: ManualClock): Promise<SqlDatabase> => {
      const database = new PostgresDatabase({ url: schema.url, clock, pool: { poolSize: 1 } });
      await database.query('DELETE FROM mcp_jobs', []);
      return database;
    };
    await expect(answersAsMemory(open, 15)).resolves.toBeUndefined();
  });
});
