import { expect, test } from 'vitest';

import { RunningCalls } from './running-calls.ts';

const reason = new DOMException('the server is stopping', 'AbortError');

test('calls leave in any order, and only those that have not left are ended', () => {
  const calls = new RunningCalls();
  const stops = Array.from({ length: 5 }, () => new AbortController());
  const entered = stops.map((stop) => calls.enter(stop, false));
  for (const index of [1, 4, 0]) {
    const call = entered[index];
    if (call) calls.leave(call);
  }
  expect(calls.size).toBe(2);
  calls.abortAll(reason);
  expect(stops.map(({ signal }) => signal.aborted)).toEqual([false, false, true, true, false]);
});

test('a call that leaves as it is ended does not keep another from being ended', () => {
  const calls = new RunningCalls();
  const stops = Array.from({ length: 3 }, () => new AbortController());
  for (const stop of stops) {
    const call = calls.enter(stop, false);
    stop.signal.addEventListener('abort', () => calls.leave(call));
  }
  calls.abortAll(reason);
  expect(stops.every(({ signal }) => signal.aborted)).toBe(true);
  expect(calls.size).toBe(0);
});

test('a job goes on when the requests are ended, and ends with the rest', () => {
  const calls = new RunningCalls();
  const [request, job] = [new AbortController(), new AbortController()];
  calls.enter(job, true);
  calls.enter(request, false);
  calls.abortRequests(reason);
  expect([request.signal.aborted, job.signal.aborted]).toEqual([true, false]);
  calls.abortAll(reason);
  expect(job.signal.aborted).toBe(true);
});
