import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ToolResult } from '@mcp/tool-base';
import { afterEach, describe, expect, test } from 'vitest';

import { MemoryEventBus } from '../observability/events/memory-event-bus.ts';
import { ManualClock } from '../test-support/manual-clock.ts';
import { FileOutputStore } from './file-output-store.ts';
import type { JobRecord } from './job-record.ts';
import type { JobExecution } from './job-run.ts';
import type { JobStore } from './job-store.ts';
import { Jobs, type JobSettings, type JobsOptions } from './jobs.ts';
import { MemoryJobStore } from './memory-job-store.ts';

const LEASE_MS = 15_000;
const RETENTION_MS = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'jobs-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const meta = { durationMs: 1, queueMs: 0, outputBytes: 0, truncated: false, correlationId: 'c' };
const done: ToolResult = { ok: true, content: [{ type: 'text', text: 'done' }], structured: {}, meta };

interface Running {
  readonly execution: JobExecution;
  end(result?: ToolResult): void;
}

/** Jobs whose runs the test ends itself. */
class Bench {
  readonly clock: ManualClock = new ManualClock();
  readonly runs: Running[] = [];
  readonly logged: string[] = [];
  readonly states: string[] = [];
  readonly store: JobStore;
  readonly jobs: Jobs;
  readonly #logger = {
    warn: (_: object, message: string): void => void this.logged.push(message),
    error: (_: object, message: string): void => void this.logged.push(message),
  } as JobsOptions['logger'];

  constructor(settings: Partial<JobSettings> = {}, store?: JobStore) {
    this.store = store ?? new MemoryJobStore(this.clock);
    const events = new MemoryEventBus();
    events.subscribe(({ type, data }) => void (type === 'job.changed' && this.states.push(data.state)));
    const all = { perCaller: 50, maxQueued: 1000, maxRunning: 2, maxBytes: 1e9, maxBytesPerCaller: 1e9 };
    this.jobs = new Jobs({
      store: this.store,
      outputs: new FileOutputStore({ folder }),
      leaseMs: LEASE_MS,
      settings: () => ({ ...all, retentionMs: RETENTION_MS, ...settings }),
      execute: (execution) =>
        new Promise((resolve) => {
          this.runs.push({ execution, end: (result = done) => resolve(result) });
        }),
      busyTools: () => [],
      events,
      logger: this.#logger,
      clock: this.clock,
    });
  }

  async create(caller = 'ann', more: object = {}): Promise<JobRecord> {
    const order = { tool: 'work', arguments: {}, timeoutMs: 1_000_000, maxOutputBytes: 10, repeatable: false };
    const created = await this.jobs.create({ ...order, caller, ...more });
    await settled();
    if (!('job' in created)) throw new Error(created.kind);
    return created.job;
  }

  async stateOf({ id }: JobRecord): Promise<string | undefined> {
    await settled();
    return (await this.jobs.get(id))?.state;
  }
}

/** Everything that needs no timer has happened. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise<void>((resolve) => void setImmediate(resolve));
}

describe('a job', () => {
  test('runs, ends, is kept for its retention and is then gone with its output', async () => {
    const bench = new Bench();
    const job = await bench.create();
    bench.runs[0]?.execution.allowance.keepOutput('stdout', Buffer.from('out'));
    bench.runs[0]?.end();
    expect(await bench.stateOf(job)).toBe('completed');
    expect(bench.states).toEqual(['queued', 'running', 'completed']);
    expect((await bench.jobs.page({ ...job, state: 'completed' }, 'stdout', { offset: 0, limit: 10 })).text).toBe(
      'out',
    );
    await bench.clock.advanceAsync(RETENTION_MS + 10);
    expect(await bench.stateOf(job)).toBeUndefined();
    await expect.poll(() => bench.jobs.bytes(job, 'stdout', { offset: 0, limit: 10 })).toHaveLength(0);
  });

  test('ends at the first byte beyond its limit, and what came before is kept', async () => {
    const bench = new Bench();
    const job = await bench.create();
    const { keepOutput } = bench.runs[0]!.execution.allowance;
    expect(() => keepOutput('stdout', Buffer.from('0123456789x'))).toThrow(/output_limit/);
    expect(await bench.jobs.bytes(job, 'stdout', { offset: 0, limit: 99 })).toEqual(Buffer.from('0123456789'));
  });

  test('whose output cannot be kept has failed', async () => {
    const bench = new Bench();
    const job = await bench.create();
    rmSync(folder, { recursive: true });
    expect(() => bench.runs[0]?.execution.allowance.keepOutput('stdout', Buffer.from('a'))).toThrow(
      'could not be kept',
    );
    bench.runs[0]?.end();
    expect(await bench.stateOf(job)).toBe('failed');
  });

  test('shows its last line and how far it is', async () => {
    const bench = new Bench();
    const job = await bench.create();
    bench.runs[0]?.execution.onProgress({ progress: 1, total: 4, message: 'one\ntwo\n' });
    await bench.clock.advanceAsync(1000);
    await settled();
    expect((await bench.jobs.get(job.id))?.message).toBe('25% two');
  });

  test('that waits in the queue is cancelled without a start, and the run of another is aborted', async () => {
    const bench = new Bench({ maxRunning: 1 });
    const [first, second] = [await bench.create(), await bench.create()];
    await bench.jobs.cancel(second.id);
    expect(await bench.stateOf(second)).toBe('cancelled');
    for (let time = 0; time < 3; time += 1) await bench.jobs.cancel(first.id);
    expect(bench.runs[0]?.execution.abortController.signal.aborted).toBe(true);
    bench.runs[0]?.end();
    expect(await bench.stateOf(first)).toBe('cancelled');
    expect(bench.runs).toHaveLength(1);
  });
});

describe('the queue', () => {
  test('gives callers turns: one with many jobs does not keep the others waiting', async () => {
    const bench = new Bench({ maxRunning: 1 });
    for (let index = 0; index < 10; index += 1) await bench.create('many');
    await bench.create('few');
    await bench.create('few');
    const order: string[] = [];
    for (let index = 0; index < 12; index += 1) {
      const run = bench.runs[index]!;
      order.push(run.execution.job.caller);
      run.end();
      await settled();
    }
    // One of the other caller's at most before each of its own.
    expect(order.slice(0, 5).filter((caller) => caller === 'few')).toHaveLength(2);
  });

  test('is bounded for each caller and in all', async () => {
    const bench = new Bench({ maxRunning: 1, perCaller: 2, maxQueued: 2 });
    await bench.create('ann');
    await bench.create('ann');
    await expect(bench.create('ann')).rejects.toThrow('caller_full');
    await bench.create('bob');
    await expect(bench.create('bob')).rejects.toThrow('queue_full');
  });
});

describe('a job whose lease has ended', () => {
  test('is lost, its run is ended, and what that run still says goes nowhere', async () => {
    const bench = new Bench();
    const job = await bench.create();
    // As after a pause of the whole process, in which another one reaped it.
    await bench.store.renew({ owner: (await bench.jobs.get(job.id))?.owner ?? '', leaseMs: -1 });
    bench.clock.advance(1);
    await bench.store.reap(RETENTION_MS);
    await bench.clock.advanceAsync(LEASE_MS / 3);
    await settled();
    expect(bench.runs[0]?.execution.abortController.signal.aborted).toBe(true);
    bench.runs[0]?.end();
    expect(await bench.stateOf(job)).toBe('lost');
    expect(bench.logged).toEqual(['job.fenced']);
  });

  test('stays with a server that renews it', async () => {
    const bench = new Bench();
    const job = await bench.create();
    for (let time = 0; time < 10; time += 1) {
      await bench.clock.advanceAsync(LEASE_MS / 2);
      await settled();
    }
    expect(await bench.stateOf(job)).toBe('running');
  });
});

describe('a server that stops', () => {
  test('gives back what runs, and leaves the queue to the next', async () => {
    const bench = new Bench({ maxRunning: 1 });
    const [running, queued] = [await bench.create(), await bench.create()];
    bench.jobs.stopStarting();
    await bench.jobs.giveBack();
    bench.runs[0]?.end();
    expect([await bench.stateOf(running), await bench.stateOf(queued)]).toEqual(['lost', 'queued']);
    const next = new Bench({}, bench.store);
    await next.jobs.start();
    await settled();
    expect(next.runs.map(({ execution }) => execution.job.id)).toEqual([queued.id]);
  });

  test('leaves a job that may be repeated to the next as well', async () => {
    const bench = new Bench();
    const job = await bench.create('ann', { repeatable: true });
    await bench.jobs.giveBack();
    expect(await bench.stateOf(job)).toBe('queued');
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
  const bench = new Bench({}, store);
  const job = await bench.create();
  isDown = true;
  bench.runs[0]?.end();
  await settled();
  await bench.clock.advanceAsync(5000);
  await settled();
  isDown = false;
  await bench.clock.advanceAsync(1000);
  expect(await bench.stateOf(job)).toBe('completed');
  expect(bench.logged.every((message) => message === 'job.store_failed')).toBe(true);
});

test('whoever waits for a job is answered when it ends, or when the time is over', async () => {
  const bench = new Bench();
  const job = await bench.create();
  const late = bench.jobs.wait(job.id, { timeoutMs: 1000 });
  await settled();
  await bench.clock.advanceAsync(1000);
  expect((await late)?.state).toBe('running');
  const ended = bench.jobs.wait(job.id, { timeoutMs: 10_000 });
  await settled();
  bench.runs[0]?.end();
  expect((await ended)?.state).toBe('completed');
});
