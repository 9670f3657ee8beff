import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { joinWithin } from './join-within.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const clock = { monotonicMs: () => performance.now() };
const refusedConnection = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });

/** Joins an engine whose first attempts fail. */
async function reportsOf(failures: number, problem?: Error): Promise<string[]> {
  const reports: string[] = [];
  let attempts = 0;
  const joining = joinWithin({
    timeoutMs: 60_000,
    clock,
    attempt: () => (++attempts > failures ? Promise.resolve() : Promise.reject(new Error('not writable'))),
    problem: () => (attempts > failures ? undefined : problem),
    onWaiting: (reason) => void reports.push(reason),
  });
  await vi.advanceTimersByTimeAsync(30_000);
  await joining;
  return reports;
}

test('an engine that is not there yet is reported once, with the first attempt that says why', async () => {
  expect(await reportsOf(8, refusedConnection)).toEqual(['nothing listens on its host and port']);
});

test('an engine that says nothing is reported once, after a second', async () => {
  expect(await reportsOf(3)).toEqual([]);
  expect(await reportsOf(8)).toEqual(['it does not answer']);
});

test('the start fails with what is known, also where the last connection has said nothing yet', async () => {
  let problem: Error | undefined = refusedConnection;
  const joining = joinWithin({
    timeoutMs: 5000,
    clock,
    attempt: () => Promise.reject(new Error('not writable')),
    problem: () => problem,
  });
  const outcome = joining.catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(4000);
  problem = undefined;
  await vi.advanceTimersByTimeAsync(2000);
  expect(await outcome).toMatchObject({ message: expect.stringContaining('nothing listens on its host and port') });
});

test('the start fails when the time is over', async () => {
  const joining = joinWithin({
    timeoutMs: 5000,
    clock,
    attempt: () => Promise.reject(refusedConnection),
    problem: () => refusedConnection,
  });
  const outcome = joining.catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(6000);
  expect(await outcome).toMatchObject({ message: expect.stringContaining('cluster.url cannot be reached') });
});

test('an engine that answers, and cannot be used, is not said to be out of reach', async () => {
  const full = Object.assign(new Error('OOM command not allowed'), { name: 'ReplyError' });
  let attempts = 0;
  const joining = joinWithin({
    timeoutMs: 5000,
    clock,
    attempt: () => Promise.reject((attempts += 1) === 1 ? full : new Error('not writable')),
    problem: () => undefined,
  });
  const outcome = joining.catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(6000);
  expect(await outcome).toMatchObject({ message: expect.stringMatching(/answers, but .*: its memory is full\./u) });
});
