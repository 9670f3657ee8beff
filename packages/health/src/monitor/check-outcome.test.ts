import { describe, expect, test } from 'vitest';
import { validateOutcome } from './check-outcome.ts';
import { describeError, safeText } from '../safe-text.ts';

describe('the outcome of a check', () => {
  test.each([[undefined], [null], ['healthy'], [42], [{}], [{ status: 'ok' }], [{ status: 0 }], [[]]])(
    'is unknown without a valid status: %o',
    (value) => {
      expect(validateOutcome(value)).toMatchObject({
        status: 'unknown',
        message: expect.stringContaining('no valid status'),
      });
    },
  );

  test('observed values are finite numbers, text or booleans', () => {
    const observed = [1.5, 'closed', false, Number.NaN, Infinity, {}, null].map(
      (observedValue) => validateOutcome({ status: 'healthy', observedValue }).observedValue,
    );
    expect(observed).toEqual([1.5, 'closed', false, undefined, undefined, undefined, undefined]);
  });

  test('metadata is copied as JSON, so that it cannot change later', () => {
    const metadata = { count: 1n, list: [1, { deep: true }], nothing: undefined, gap: Number.NaN };
    const outcome = validateOutcome({ status: 'healthy', metadata });
    metadata.list.push(2);
    expect(outcome.metadata).toEqual({ count: '1', list: [1, { deep: true }], gap: null });
    expect(Object.isFrozen(outcome.metadata?.['list'])).toBe(true);
  });

  test('drops metadata that is circular, too large or not an object', () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    for (const metadata of [circular, { text: 'x'.repeat(9000) }, [1], 'text']) {
      expect(validateOutcome({ status: 'healthy', metadata }).metadata).toBeUndefined();
    }
  });
});

describe('text for operators', () => {
  test('is one line of at most five hundred characters without control characters', () => {
    expect(safeText('a\r\nb\u001b[31mc\u202ed')).toBe('a b [31mc d');
    expect(safeText('x'.repeat(5000))).toHaveLength(500);
  });

  test.each([
    ['postgres://app:hunter2@db/x', 'postgres://***@db/x'],
    ['Authorization: Bearer abcdef123456', 'Authorization: ***'],
    ['sent bearer abcdef123456.xyz', 'sent bearer ***'],
    ['password=hunter2 rest', 'password=*** rest'],
    ['{"api_key": "hunter2"}', '{"api_key": "***"}'],
    ['GET /?token=hunter2&x=1', 'GET /?token=***&x=1'],
  ])('masks secrets: %s', (given, expected) => {
    const shown = safeText(given);
    expect(shown).not.toMatch(/hunter2|abcdef/);
    expect(shown.startsWith(expected)).toBe(true);
  });

  test('reduces a system error to its code and system call', () => {
    const error = Object.assign(new Error("ENOENT: no such file, open '/home/me/secret'"), {
      code: 'ENOENT',
      syscall: 'spawn /home/me/secret',
    });
    expect(describeError(error)).toBe('ENOENT (spawn)');
  });

  test.each([
    [new Error('plain'), 'plain'],
    [new RangeError(''), 'RangeError'],
    [new AggregateError([], ''), 'AggregateError'],
    ['text', 'text'],
    [undefined, 'undefined'],
    [Object.create(null), 'a value that cannot be shown was thrown'],
  ])('describes any thrown value: %o', (thrown, expected) => {
    expect(describeError(thrown)).toBe(expected);
  });
});
