import { expect, test } from 'vitest';

import type { FinishedCall } from '../api/answers.ts';
import { CallHistory } from './call-history.ts';

const T = 1_800_000_000_000;

function call(correlationId: string, extra: Partial<FinishedCall> = {}): FinishedCall {
  const rest = { at: T - 1, tool: 'ping', caller: 'me', outcome: 'success', durationMs: 5, queueMs: 0, outputBytes: 1 };
  return { correlationId, ...rest, ...extra };
}

const ids = (history: CallHistory): string[] => history.recent.map(({ correlationId }) => correlationId);
const counted = (history: CallHistory, tool?: string): number => history.series(tool).counts(T, 60_000).calls;

test('counts calls by tool and over all, and lists the newest first', () => {
  const history = new CallHistory();
  history.add(call('a'));
  history.add(call('b', { tool: 'dig' }));
  expect(ids(history)).toEqual(['b', 'a']);
  expect([counted(history), counted(history, 'ping'), counted(history, 'nope')]).toEqual([2, 1, 0]);
});

test('a call that is in the audit log and in an event counts once', () => {
  const history = new CallHistory();
  history.beginRefill();
  history.add(call('in both'));
  history.add(call('not in the audit log'));
  history.finishRefill({ calls: [call('in both', { at: T - 2 }), call('old')], knownSince: T - 1000 });
  expect(ids(history)).toEqual(['not in the audit log', 'in both', 'old']);
  expect(counted(history)).toBe(3);
  expect(history.knownSince).toBe(T - 1000);
});

test('callers that use one correlation id for several calls are still counted call by call', () => {
  const history = new CallHistory();
  history.beginRefill();
  for (let i = 0; i < 3; i++) history.add(call('same'));
  history.finishRefill({ calls: [call('same'), call('same')], knownSince: -Infinity });
  expect(counted(history)).toBe(3);
});

test('a refill replaces what was counted before it', () => {
  const history = new CallHistory();
  history.add(call('before'));
  history.beginRefill();
  history.finishRefill({ calls: [call('before')], knownSince: -Infinity });
  expect(counted(history)).toBe(1);
});

test('without a response of the audit log the history begins with the events', () => {
  const history = new CallHistory();
  history.beginRefill();
  history.add(call('event'));
  history.failRefill(T);
  expect(ids(history)).toEqual(['event']);
  expect(history.knownSince).toBe(T);
});

test('keeps a bounded number of calls to list', () => {
  const history = new CallHistory();
  for (let i = 0; i < 500; i++) history.add(call(String(i)));
  expect(history.recent.length).toBe(200);
  expect(ids(history)[0]).toBe('499');
});
