import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect, test } from 'vitest';

import { ManualClock } from '../foundation/test-support/manual-clock.ts';
import type { ChangeHandlers, JobStore } from './stores/job-store.ts';
import { MemoryJobStore } from './stores/memory-job-store.ts';
import { LEASE_MS, RETENTION_MS, settled, sharedStore, TestJobs } from './test-support/test-jobs.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobs-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a job', () => {
  test('runs, ends, is kept for its retention and is then gone with its output', async () => {
    const started = new TestJobs({ folder });
    const job = await started.create();
    started.runs[0]?.execution.allowance.keepOutput('stdout', Buffer.from('out'));
    started.runs[0]?.end();
    expect(await started.stateOf(job)).toBe('completed');
    expect(started.states).toEqual(['queued', 'running', 'completed']);
    const ended = (await started.jobs.get(job.id))!;
    expect((await started.jobs.page(ended, 'stdout', { offset: 0, limit: 10 })).text).toBe('out');
    await started.clock.advanceAsync(RETENTION_MS + 10);
    expect(await started.stateOf(job)).toBeUndefined();
    await expect.poll(() => started.jobs.bytes(ended, 'stdout', { offset: 0, limit: 10 })).toHaveLength(0);
  });

  test('ends at the first byte beyond its limit, and what came before is kept', async () => {
    const started = new TestJobs({ folder });
    const job = await started.create();
    const { keepOutput } = started.runs[0]!.execution.allowance;
    expect(() => keepOutput('stdout', Buffer.from('0123456789x'))).toThrow(/output_limit/);
    const running = (await started.jobs.get(job.id))!;
    expect(await started.jobs.bytes(running, 'stdout', { offset: 0, limit: 99 })).toEqual(Buffer.from('0123456789'));
  });

  test('whose output cannot be kept has failed', async () => {
    const started = new TestJobs({ folder });
    const job = await started.create();
    rmSync(folder, { recursive: true });
    expect(() => started.runs[0]?.execution.allowance.keepOutput('stdout', Buffer.from('a'))).toThrow(
      'could not be kept',
    );
    started.runs[0]?.end();
    expect(await started.stateOf(job)).toBe('failed');
  });

  test('shows its last line and how far it is', async () => {
    const started = new TestJobs({ folder });
    const job = await started.create();
    started.runs[0]?.execution.onProgress({ progress: 1, total: 4, message: 'one\ntwo\n' });
    await started.clock.advanceAsync(1000);
    await settled();
    expect((await started.jobs.get(job.id))?.message).toBe('25% two');
  });

  test('that waits in the queue is cancelled without a start, and the run of another is aborted', async () => {
    const started = new TestJobs({ folder, settings: { maxRunning: 1 } });
    const [first, second] = [await started.create(), await started.create()];
    await started.jobs.cancel(second.id, 'ann');
    expect(await started.stateOf(second)).toBe('cancelled');
    for (let time = 0; time < 3; time += 1) await started.jobs.cancel(first.id, 'ann');
    expect(started.runs[0]?.execution.abortController.signal.aborted).toBe(true);
    started.runs[0]?.end();
    expect(await started.stateOf(first)).toBe('cancelled');
    expect(started.runs).toHaveLength(1);
    await started.jobs.cancel(first.id, 'ann');
    expect(started.states).toEqual(['queued', 'running', 'queued', 'cancelled', 'cancelling', 'cancelled']);
    expect(started.logged).toEqual(['job.cancelled', 'job.cancelled']);
    expect(started.endedOutsideRun).toEqual(['cancelled']);
  });

  test('is counted once by its end, with the time that it ran', async () => {
    const started = new TestJobs({ folder, settings: { maxRunning: 1 } });
    const [, queued] = [await started.create(), await started.create()];
    await started.jobs.cancel(queued.id, 'ann');
    started.clock.advance(2000);
    started.runs[0]?.end();
    await settled();
    await started.jobs.cancel(queued.id, 'ann');
    const { ended, runsByBucket, runSeconds } = started.jobs.statistics;
    expect(Object.fromEntries(ended)).toEqual({ completed: 1, cancelled: 1, failed: 0, lost: 0, expired: 0 });
    expect([runsByBucket.slice(0, 3), runSeconds]).toEqual([[0, 1, 0], 2]);
  });
});

describe('the queue', () => {
  test('gives callers turns: one with many jobs does not keep the others waiting', async () => {
    const started = new TestJobs({ folder, settings: { maxRunning: 1 } });
    for (let index = 0; index < 10; index += 1) await started.create('many');
    await started.create('few');
    await started.create('few');
    const order: string[] = [];
    for (let index = 0; index < 12; index += 1) {
      const run = started.runs[index]!;
      order.push(run.execution.job.caller);
      run.end();
      await settled();
    }
    // One of the other caller's at most before each of its own.
    expect(order.slice(0, 5).filter((caller) => caller === 'few')).toHaveLength(2);
  });

  test('is bounded for each caller and in all', async () => {
    const started = new TestJobs({ folder, settings: { maxRunning: 1, perCaller: 2, maxQueued: 2 } });
    await started.create('ann');
    await started.create('ann');
    await expect(started.create('ann')).rejects.toThrow('caller_full');
    await started.create('bob');
    await expect(started.create('bob')).rejects.toThrow('queue_full');
  });
});

describe('a job whose lease has ended', () => {
  test('is lost, its run is ended, and what that run still says goes nowhere', async () => {
    const started = new TestJobs({ folder });
    const job = await started.create();
    // As after a pause of the whole process, in which another one reaped it.
    await started.store.renew({ owner: (await started.jobs.get(job.id))?.owner ?? '', leaseMs: -1 });
    started.clock.advance(1);
    await started.store.reap('another', RETENTION_MS);
    await started.clock.advanceAsync(LEASE_MS / 3);
    await settled();
    expect(started.runs[0]?.execution.abortController.signal.aborted).toBe(true);
    started.runs[0]?.end();
    expect(await started.stateOf(job)).toBe('lost');
    expect(started.logged).toEqual(['job.fenced']);
    expect(started.jobs.statistics.fenced).toBe(1);
  });

  test('leaves no output when another server has removed it before its run ends', async () => {
    const clock = new ManualClock();
    const [started, other] = [new TestJobs({ folder, clock }), `${folder}-other`];
    const job = await started.create();
    started.runs[0]?.execution.allowance.keepOutput('stdout', Buffer.from('early'));
    await started.store.release((await started.jobs.get(job.id))?.owner ?? '', RETENTION_MS);
    const lost = await started.jobs.get(job.id);
    // Its client was answered by the other server and never had its id.
    await using answering = new TestJobs({ folder: other, clock, store: started.store });
    await answering.jobs.discard(lost!);
    started.runs[0]?.execution.allowance.keepOutput('stderr', Buffer.from('late'));
    started.runs[0]?.end();
    expect(await started.stateOf(job)).toBeUndefined();
    await expect.poll(() => readdirSync(folder)).toEqual([]);
    rmSync(other, { recursive: true });
  });

  test('stays with a server that renews it', async () => {
    const started = new TestJobs({ folder });
    const job = await started.create();
    for (let time = 0; time < 10; time += 1) {
      await started.clock.advanceAsync(LEASE_MS / 2);
      await settled();
    }
    expect(await started.stateOf(job)).toBe('running');
  });
});

test('a job stays with a server whose event loop was blocked for longer than the lease, whichever of its timers fires first', async () => {
  const started = new TestJobs({ folder, settings: { maxRunning: 1 } });
  const job = await started.create();
  await started.clock.advanceAsync(LEASE_MS - 1500);
  // As if the last renewals had been missed. Another job lets the upkeep look at what is due next.
  await started.store.renew({ owner: (await started.jobs.get(job.id))?.owner ?? '', leaseMs: 100 });
  await started.create();
  await started.clock.advanceAsync(1200);
  expect(await started.stateOf(job)).toBe('running');
  started.runs[0]?.end();
  expect(await started.stateOf(job)).toBe('completed');
});

describe('a server that stops', () => {
  test('gives back what runs, and leaves the queue to the next', async () => {
    const started = new TestJobs({ folder, settings: { maxRunning: 1 } });
    const [running, queued] = [await started.create(), await started.create()];
    started.jobs.stopStarting();
    await started.jobs.giveBack();
    started.runs[0]?.end();
    expect([await started.stateOf(running), await started.stateOf(queued)]).toEqual(['lost', 'queued']);
    const next = new TestJobs({ folder, store: started.store });
    await next.jobs.start();
    await settled();
    expect(next.runs.map(({ execution }) => execution.job.id)).toEqual([queued.id]);
  });

  test('leaves a job that may be repeated to the next as well', async () => {
    const started = new TestJobs({ folder });
    const job = await started.create('ann', { repeatable: true });
    await started.jobs.giveBack();
    expect(await started.stateOf(job)).toBe('queued');
  });
});

test('a store that fails for a while loses no end', async () => {
  const clock = new ManualClock();
  const memory = new MemoryJobStore(clock);
  let isDown = false;
  const store = new Proxy<JobStore>(memory, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return isDown ? () => Promise.reject(new Error('down')) : member.bind(target);
    },
  });
  const started = new TestJobs({ folder, store });
  const job = await started.create();
  isDown = true;
  started.runs[0]?.end();
  await settled();
  await started.clock.advanceAsync(5000);
  await settled();
  isDown = false;
  await started.clock.advanceAsync(1000);
  expect(await started.stateOf(job)).toBe('completed');
  expect(started.logged.every((message) => message === 'job.store_failed')).toBe(true);
});

test('whoever waits for a job is answered when it ends, or when the time is over', async () => {
  const started = new TestJobs({ folder });
  const job = await started.create();
  const late = started.jobs.wait(job.id, { timeoutMs: 1000 });
  await settled();
  await started.clock.advanceAsync(1000);
  expect((await late)?.state).toBe('running');
  const ended = started.jobs.wait(job.id, { timeoutMs: 10_000 });
  await settled();
  started.runs[0]?.end();
  expect((await ended)?.state).toBe('completed');
});

describe('a shared store that is away for longer than a lease', () => {
  const away = async (jobs: TestJobs, store: { isDown: boolean }): Promise<void> => {
    store.isDown = true;
    for (let second = 0; second < 20; second += 1) {
      await jobs.clock.advanceAsync(1000);
      await settled();
    }
    store.isDown = false;
    for (let second = 0; second < 12; second += 1) {
      await jobs.clock.advanceAsync(1000);
      await settled();
    }
  };

  test('loses no job that still runs, here or elsewhere', async () => {
    const clock = new ManualClock();
    const store = sharedStore(clock);
    const started = new TestJobs({ folder, clock, store });
    const elsewhere = new TestJobs({ folder, clock, store });
    await started.jobs.start();
    await elsewhere.jobs.start();
    const jobs = [await started.create(), await elsewhere.create()];
    await away(started, store);
    for (const job of jobs) expect(await started.stateOf(job)).toBe('running');
    for (const run of [...started.runs, ...elsewhere.runs]) run.end();
    for (const job of jobs) expect(await started.stateOf(job)).toBe('completed');
    // Once in ten seconds for each of the two, not once for each step.
    expect(started.logged.filter((message) => message === 'job.store_failed')).toHaveLength(2);
  });

  test('ends runs that another server may start again by then', async () => {
    const clock = new ManualClock();
    const store = sharedStore(clock);
    const started = new TestJobs({ folder, clock, store });
    await started.jobs.start();
    const job = await started.create('ann', { repeatable: true });
    await away(started, store);
    expect(started.runs[0]?.execution.abortController.signal.aborted).toBe(true);
    started.runs[0]?.end();
    await started.clock.advanceAsync(LEASE_MS);
    await settled();
    // Its end is not written: it was started again, and that run decides.
    expect(started.runs).toHaveLength(2);
    started.runs[1]?.end();
    expect(await started.stateOf(job)).toBe('completed');
  });

  test('is something else than a store without the job', async () => {
    const clock = new ManualClock();
    const store = sharedStore(clock);
    const started = new TestJobs({ folder, clock, store });
    store.isDown = true;
    await expect(started.jobs.get('x')).rejects.toThrow('does not answer');
    await expect(started.create()).rejects.toThrow('does not answer');
  });
});

test('a message of a queued job lets a server look for work, and one of any other change does not', async () => {
  const clock = new ManualClock();
  const memory = sharedStore(clock);
  let handlers: ChangeHandlers | undefined;
  let claims = 0;
  const store = new Proxy<JobStore>(memory, {
    get(target, name) {
      if (name === 'listen')
        return (given: ChangeHandlers) => ((handlers = given), { isLive: true, [Symbol.asyncDispose]: async () => {} });
      if (name === 'claim') claims += 1;
      return Reflect.get(target, name) as unknown;
    },
  });
  const started = new TestJobs({ folder, clock, store });
  await started.jobs.start();
  await settled();
  claims = 0;
  handlers?.changed('x'.repeat(27));
  await settled();
  expect(claims).toBe(0);
  handlers?.queued();
  await settled();
  expect(claims).toBe(1);
});

test('a job that another process queues or cancels is seen within a second, without any message', async () => {
  const clock = new ManualClock();
  const store = sharedStore(clock);
  const started = new TestJobs({ folder, clock, store });
  await started.jobs.start();
  const order = { tool: 'work', caller: 'bob', arguments: {}, timeoutMs: 60_000, maxOutputBytes: 9, repeatable: false };
  await store.create({ ...order, id: 'other'.padStart(27, '0') }, { perCaller: 9, maxQueued: 9 });
  await clock.advanceAsync(1000);
  await settled();
  expect(started.runs).toHaveLength(1);
  const ended = started.jobs.wait(started.runs[0]!.execution.job.id, { timeoutMs: 60_000 });
  await store.cancel(started.runs[0]!.execution.job.id, RETENTION_MS);
  await clock.advanceAsync(1000);
  await settled();
  expect(started.runs[0]!.execution.abortController.signal.aborted).toBe(true);
  started.runs[0]!.end();
  expect((await ended)?.state).toBe('cancelled');
});
