import { expect, test } from 'vitest';

import type { ExecutionAnswer } from '../api/answers.ts';
import { summarizeFailures } from './failure-groups.ts';

const call = (at: number, outcome: string, caller = 'bot', message?: string): ExecutionAnswer =>
  ({ at, outcome, caller, ...(message !== undefined && { message }) }) as unknown as ExecutionAnswer;

test('what the tool fails with comes before what its breaker rejected, however often that was', () => {
  const rejected = Array.from({ length: 50 }, (_, index) => call(100 - index, 'circuit_breaker_open', 'bot', 'Open.'));
  const calls = [...rejected, call(40, 'execution_error', 'ann', 'No such file.'), call(30, 'success')];
  expect(summarizeFailures(calls).groups).toEqual([
    { outcome: 'execution_error', message: 'No such file.', count: 1, firstAt: 40, lastAt: 40, callers: ['ann'] },
    { outcome: 'circuit_breaker_open', message: 'Open.', count: 50, firstAt: 51, lastAt: 100, callers: ['bot'] },
  ]);
});

test('failures with another message or outcome are lines of their own, the newest first', () => {
  const calls = [
    call(5, 'timeout'),
    call(4, 'execution_error', 'ann', 'a'),
    call(3, 'execution_error', 'bob', 'b'),
    call(2, 'execution_error', 'bob', 'a'),
    call(1, 'cancelled'),
  ];
  const { groups } = summarizeFailures(calls);
  expect(groups.map(({ outcome, message, callers }) => [outcome, message, callers])).toEqual([
    ['timeout', '', ['bot']],
    ['execution_error', 'a', ['ann', 'bob']],
    ['execution_error', 'b', ['bob']],
  ]);
});

test.each<[string, readonly ExecutionAnswer[], number | undefined, number | undefined]>([
  ['nothing was called', [], undefined, undefined],
  ['the last call succeeded', [call(9, 'success'), call(8, 'timeout')], undefined, 9],
  ['some failed after the last success', [call(9, 'timeout'), call(8, 'timeout'), call(7, 'success')], 8, 7],
  ['the last ones were rejected', [call(9, 'circuit_breaker_open'), call(8, 'timeout'), call(7, 'success')], 8, 7],
  ['only wrong input was rejected', [call(9, 'validation_error'), call(7, 'success')], undefined, 7],
  ['none succeeded', [call(9, 'timeout'), call(8, 'cancelled'), call(7, 'timeout')], 7, undefined],
])('since when a tool fails: %s', (_, calls, failingSince, lastSuccessAt) => {
  expect(summarizeFailures(calls)).toMatchObject({ failingSince, lastSuccessAt });
});
