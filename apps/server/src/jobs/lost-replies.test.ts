/** A store that takes a step and whose answer is lost, as when a connection ends between the two. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect, test } from 'vitest';

import { ManualClock } from '../foundation/test-support/manual-clock.ts';
import { MemoryJobStore } from './stores/memory-job-store.ts';
import type { JobStore } from './stores/job-store.ts';
import { LEASE_MS, RETENTION_MS, settled, TestJobs } from './test-support/test-jobs.ts';

const folder = mkdtempSync(join(tmpdir(), 'lost-replies-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Unreliable {
  readonly started: TestJobs;
  /** Steps that are taken, and whose answer is lost. */
  readonly losing: Set<keyof JobStore>;
  /** Steps that are not taken. */
  readonly failing: Set<keyof JobStore>;
  /** Steps that are taken, and answered later. */
  readonly answering: Map<keyof JobStore, Promise<void>>;
}

function unreliable(): Unreliable {
  const clock = new ManualClock();
  const [losing, failing] = [new Set<keyof JobStore>(), new Set<keyof JobStore>()];
  const answering = new Map<keyof JobStore, Promise<void>>();
  const store = new Proxy<JobStore>(new MemoryJobStore(clock), {
    get(target, name: keyof JobStore) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (...values: unknown[]): Promise<unknown> => {
        if (failing.has(name)) throw new Error('not taken');
        const answered = answering.get(name);
        const answer: unknown = await Reflect.apply(member, target, values);
        await answered;
        if (losing.has(name)) throw new Error('the answer is lost');
        return answer;
      };
    },
  });
  return { started: new TestJobs({ folder, clock, store }), losing, failing, answering };
}

const INPUT = { requests: { a: 1 }, responses: {}, round: null };

describe('the end of a run', () => {
  test.each(['completed', 'waiting'] as const)('that was taken is no end of another: %s', async (state) => {
    const { started, losing } = unreliable();
    const job = await started.create();
    losing.add('finish').add('wait');
    started.runs[0]?.end(state === 'waiting' ? ({ input: INPUT } as never) : undefined);
    await settled();
    losing.clear();
    await started.clock.advanceAsync(1000);
    expect(await started.stateOf(job)).toBe(state);
    expect(started.logged).toEqual(['job.store_failed']);
    expect(started.states).toEqual(['queued', 'running', state]);
    expect(started.jobs.statistics).toMatchObject({ fenced: 0 });
    expect(started.jobs.statistics.ended.get('completed')).toBe(state === 'completed' ? 1 : 0);
  });

  test('that was not taken is still another’s when the job is lost meanwhile', async () => {
    const { started, failing } = unreliable();
    const job = await started.create();
    failing.add('finish');
    started.runs[0]?.end();
    await settled();
    failing.clear();
    // As after a lease that has ended.
    await started.clock.advanceAsync(1);
    await started.store.renew({ owner: (await started.store.get(job.id))?.owner ?? '', leaseMs: -1 });
    await started.store.reap('another', RETENTION_MS);
    await started.clock.advanceAsync(1000);
    expect(await started.stateOf(job)).toBe('lost');
    expect(started.logged).toEqual(['job.store_failed', 'job.fenced']);
  });
});

describe('a job that was created', () => {
  test('is answered', async () => {
    const { started, losing } = unreliable();
    losing.add('create');
    const job = await started.create();
    expect(started.runs.map(({ execution }) => execution.job.id)).toEqual([job.id]);
    expect(started.states).toEqual(['queued', 'running']);
  });

  test('or was not is said only where the store says so', async () => {
    const { started, failing } = unreliable();
    failing.add('create');
    await expect(started.create()).rejects.toMatchObject({ isUntouched: true });
    failing.add('get');
    await expect(started.create()).rejects.toMatchObject({ isUntouched: false });
  });

  test('runs, once, when the answer to its claim was lost', async () => {
    const { started, losing } = unreliable();
    losing.add('claim');
    const job = await started.create();
    losing.clear();
    expect(started.runs).toHaveLength(0);
    await started.clock.advanceAsync(1000);
    await settled();
    expect(started.runs.map(({ execution }) => execution.job)).toMatchObject([{ id: job.id, starts: 1 }]);
    await started.clock.advanceAsync(LEASE_MS);
    started.runs[0]?.end();
    expect(await started.stateOf(job)).toBe('completed');
    expect(started.runs).toHaveLength(1);
  });

  test('runs when its claim took so long that nobody waited for it, and others run', async () => {
    const { started } = unreliable();
    const first = await started.create();
    const owner = (await started.store.get(first.id))?.owner ?? '';
    const order = {
      tool: 'work',
      caller: 'bob',
      arguments: {},
      timeoutMs: 60_000,
      maxOutputBytes: 9,
      repeatable: false,
    };
    const id = 'late'.padStart(27, '0');
    await started.store.create({ ...order, id }, { perCaller: 9, maxQueued: 9 });
    await started.store.claim({ owner, leaseMs: LEASE_MS }, []);
    await started.clock.advanceAsync(LEASE_MS / 3);
    await settled();
    expect(started.runs.map(({ execution }) => execution.job.id)).toEqual([first.id, id]);
  });

  test('is not started by a claim that is answered after the lease, when another has it', async () => {
    const { started, answering } = unreliable();
    const { promise, resolve } = Promise.withResolvers<void>();
    answering.set('claim', promise);
    const job = await started.create('ann', { repeatable: true });
    answering.clear();
    started.clock.advance(LEASE_MS + 1);
    await started.store.reap('another', RETENTION_MS);
    expect(await started.stateOf(job)).toBe('queued');
    await started.store.claim({ owner: 'another', leaseMs: LEASE_MS }, []);
    resolve();
    await settled();
    expect(started.runs).toEqual([]);
    expect(await started.store.get(job.id)).toMatchObject({ state: 'running', owner: 'another', starts: 2 });
  });

  test('is claimed again a second after its claim was not taken', async () => {
    const { started, failing } = unreliable();
    failing.add('claim');
    const job = await started.create();
    await started.clock.advanceAsync(5000);
    failing.clear();
    await started.clock.advanceAsync(1000);
    expect(await started.stateOf(job)).toBe('running');
  });
});

describe('a job that another process left', () => {
  const order = { tool: 'work', arguments: {}, timeoutMs: 1_000_000, maxOutputBytes: 9, repeatable: false };
  const quota = { perCaller: 9, maxQueued: 9 };
  /** Held by a runner that is gone, and queued for longer than it may be. */
  const leave = async ({ store }: TestJobs): Promise<void> => {
    await store.create({ ...order, caller: 'ann', id: 'held'.padStart(27, '0') }, quota);
    await store.claim({ owner: 'gone', leaseMs: 1000 }, []);
    await store.create({ ...order, caller: 'ann', id: 'late'.padStart(27, '0'), tool: 'busy', timeoutMs: 500 }, quota);
  };

  test('is reported once when the answer to its end was lost', async () => {
    const { started, losing } = unreliable();
    await leave(started);
    started.clock.advance(2000);
    losing.add('reap');
    await started.jobs.start();
    expect(started.endedOutsideRun).toEqual([]);
    losing.clear();
    for (const _ of [1, 2, 3]) await started.clock.advanceAsync(1001);
    expect(started.endedOutsideRun.toSorted()).toEqual(['expired', 'lost']);
    expect(started.states.toSorted()).toEqual(['expired', 'lost']);
  });

  test('is not reported where another has ended it', async () => {
    const { started, failing } = unreliable();
    await leave(started);
    started.clock.advance(2000);
    failing.add('reap');
    await started.jobs.start();
    failing.clear();
    await started.store.reap('another', RETENTION_MS);
    for (const _ of [1, 2, 3]) await started.clock.advanceAsync(1001);
    expect(started.endedOutsideRun).toEqual([]);
  });
});

describe('a job that its server gives up', () => {
  test('at its stop is reported once when the answer was lost', async () => {
    const { started, losing } = unreliable();
    const job = await started.create();
    losing.add('release');
    await started.jobs.giveBack();
    started.runs[0]?.end();
    expect(await started.stateOf(job)).toBe('lost');
    expect(started.states).toEqual(['queued', 'running', 'lost']);
  });

  test('after a store that was away is reported once when the answer was lost', async () => {
    const { started, losing, failing } = unreliable();
    const job = await started.create('ann', { repeatable: true });
    await started.jobs.cancel(job.id, 'ann');
    failing.add('renew').add('reap');
    await started.clock.advanceAsync(LEASE_MS * 2);
    losing.add('giveUp');
    started.runs[0]?.end();
    await settled();
    losing.clear();
    await started.clock.advanceAsync(1000);
    expect(await started.stateOf(job)).toBe('lost');
    expect(started.states).toEqual(['queued', 'running', 'cancelling', 'lost']);
    expect(started.jobs.statistics).toMatchObject({ fenced: 0 });
  });
});

describe('a job that is cancelled', () => {
  test.each(['queued', 'running'] as const)('while it is %s is reported once, and answered', async (state) => {
    const { started, losing } = unreliable();
    const jobs = [await started.create(), await started.create(), await started.create()];
    const job = jobs[state === 'running' ? 0 : 2]!;
    losing.add('cancel');
    await started.jobs.cancel(job.id, 'ann');
    losing.clear();
    const now = state === 'running' ? 'cancelling' : 'cancelled';
    expect(await started.stateOf(job)).toBe(now);
    await started.jobs.cancel(job.id, 'ann');
    expect(started.states.filter((each) => each === now)).toHaveLength(1);
    expect(started.logged).toEqual(['job.store_failed', 'job.cancelled']);
    expect(started.endedOutsideRun).toEqual(state === 'running' ? [] : ['cancelled']);
    expect(started.runs[0]?.execution.abortController.signal.aborted).toBe(state === 'running');
  });

  test('or was not is said, and nothing is reported of what was not', async () => {
    const { started, failing } = unreliable();
    const job = await started.create();
    failing.add('cancel');
    await expect(started.jobs.cancel(job.id, 'ann')).rejects.toThrow('does not answer');
    expect(await started.stateOf(job)).toBe('running');
    expect(started.logged).toEqual(['job.store_failed']);
  });

  test('by another before is not reported again', async () => {
    const { started, losing } = unreliable();
    const job = await started.create();
    await started.jobs.cancel(job.id, 'bob');
    losing.add('cancel');
    await expect(started.jobs.cancel(job.id, 'ann')).rejects.toThrow('does not answer');
    expect(started.logged).toEqual(['job.cancelled', 'job.store_failed']);
  });
});

test('a job that cannot be removed is answered all the same', async () => {
  const { started, failing } = unreliable();
  const job = await started.create();
  started.runs[0]?.end();
  await settled();
  failing.add('discard');
  await started.jobs.discard((await started.jobs.get(job.id))!);
  expect(started.logged).toEqual(['job.store_failed']);
});
