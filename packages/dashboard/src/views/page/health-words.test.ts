import { expect, test } from 'vitest';

import { healthPill } from './health-words.ts';

const check = (status: 'pass' | 'warn' | 'fail'): readonly [{ readonly status: 'pass' | 'warn' | 'fail' }] => [
  { status },
];

test('a healthy server with checks that fail is not shown as if all were well', () => {
  expect(healthPill({ status: 'pass', checks: { a: check('pass'), b: check('warn') } })).toEqual({
    tone: 'good',
    text: 'Healthy',
  });
  expect(healthPill({ status: 'pass', checks: { a: check('fail'), b: check('pass') } })).toEqual({
    tone: 'warn',
    text: 'Healthy, 1 check fails',
  });
  expect(healthPill({ status: 'pass', checks: { a: check('fail'), b: check('fail') } }).text).toBe(
    'Healthy, 2 checks fail',
  );
});

test('a server that is not healthy is called what it is', () => {
  expect(healthPill({ status: 'warn', checks: { a: check('fail') } })).toEqual({ tone: 'warn', text: 'Degraded' });
  expect(healthPill({ status: 'fail' })).toEqual({ tone: 'bad', text: 'Unhealthy' });
});
