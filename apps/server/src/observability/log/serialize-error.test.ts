import { describe, expect, test } from 'vitest';

import { serializeError, serializeErrors, withoutErrors } from './serialize-error.ts';

describe('an error in the log', () => {
  test('has its type, message, code and stack', () => {
    const error = Object.assign(new TypeError('the database refused'), { code: 'ECONNREFUSED' });
    expect(serializeError(error)).toEqual({
      type: 'TypeError',
      message: 'the database refused',
      code: 'ECONNREFUSED',
      stack: expect.stringContaining('serialize-error.test'),
    });
  });

  test('has no property that a library added', () => {
    const error = Object.assign(new Error('failed'), { config: { headers: { authorization: 'Bearer s.TOKEN' } } });
    expect(JSON.stringify(serializeError(error))).not.toContain('TOKEN');
  });

  test('has its causes, to a bounded depth', () => {
    const loop = new Error('first', { cause: new Error('second') });
    expect(serializeError(loop)).toMatchObject({ cause: { message: 'second' } });
    loop.cause = loop;
    expect(JSON.stringify(serializeError(loop)).match(/first/gu)?.length).toBeLessThan(20);
  });

  test('that cannot be read is said to be so', () => {
    const error = new Error('unreadable');
    Object.defineProperty(error, 'message', {
      get: () => {
        throw new Error('no');
      },
    });
    expect(serializeError(error)).toEqual({ type: 'unknown', message: 'The error could not be read.' });
  });
});

test('errors in nested fields are serialized, and other values stay as they are', () => {
  const when = new Date(0);
  expect(serializeErrors({ attempt: 1, when, failures: [{ reason: new RangeError('too large') }] })).toMatchObject({
    attempt: 1,
    when,
    failures: [{ reason: { type: 'RangeError', message: 'too large' } }],
  });
});

test('nothing of an error is left for a reader who may not see it', () => {
  const error = Object.assign(new Error('secret message'), { path: '/srv/private/key.pem' });
  expect(withoutErrors({ attempt: 2, error, nested: [{ error }] })).toEqual({
    attempt: 2,
    error: '[error]',
    nested: [{ error: '[error]' }],
  });
});
