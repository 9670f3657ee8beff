import { expect, test } from 'vitest';

import type { JobAnswer } from '../api/answers.ts';
import { jobSummary, jobTime, jobTone, tailOf } from './job-list.ts';

const job = (fields: Partial<JobAnswer>): JobAnswer =>
  ({ state: 'running', startedAt: null, endedAt: null, ...fields }) as JobAnswer;

test('the summary counts the open jobs by state, in the order of the list', () => {
  const ended = job({ state: 'completed', endedAt: '2026-01-01T00:00:00Z' });
  const jobs = [job({}), job({ state: 'queued' }), job({}), ended];
  expect(jobSummary(jobs)).toBe('2 running, 1 queued');
  expect(jobSummary([ended])).toBe('none is open');
});

test('the time of a job runs until its end, and is none before its start', () => {
  const startedAt = '2026-01-01T00:00:00.000Z';
  const now = Date.parse(startedAt) + 5000;
  expect(jobTime(job({ startedAt }), now)).toBe(5000);
  expect(jobTime(job({ startedAt, endedAt: '2026-01-01T00:00:02.000Z' }), now)).toBe(2000);
  expect(jobTime(job({}), now)).toBeUndefined();
});

test('a state of a newer server is neutral', () => expect(jobTone('parked')).toBe('neutral'));

test.each([
  ['short', 'a\nb', 'a\nb'],
  ['one long line', 'abcdefghijklm', 'defghijklm'],
  ['long, from the next whole line on', 'abcdef\nghijklm', 'ghijklm'],
  ['written by a progress bar', '10%\r20%\r\n30%', '10%\n20%\n30%'.slice(-11)],
])('the tail of a text that is %s', (_, text, tail) => {
  expect(tailOf(text, 11).length).toBeLessThanOrEqual(11);
  expect(tailOf(text, text === 'abcdefghijklm' ? 10 : 11)).toBe(tail);
});
