import { expect, test } from 'vitest';
import { readJson } from './read-json.ts';

test('integers beyond 2^53 keep their digits as text, and are counted', () => {
  const text = '{"id":1764072000000000001,"ids":[-9007199254740993,9007199254740991],"big":1e999}';
  expect(readJson(text)).toEqual({
    data: { id: '1764072000000000001', ids: ['-9007199254740993', 9_007_199_254_740_991], big: '1e999' },
    numbersAsText: 3,
  });
});

test('numbers that JavaScript holds exactly, and fractions, stay numbers', () => {
  expect(readJson('[9007199254740992,18014398509481984,0.1,1.5e10,-0]')).toEqual({
    data: [9_007_199_254_740_992, 18_014_398_509_481_984, 0.1, 1.5e10, -0],
    numbersAsText: 0,
  });
});

test('deep nesting and invalid text are refused', () => {
  expect(() => readJson(`${'['.repeat(300)}${']'.repeat(300)}`)).toThrow(RangeError);
  expect(() => readJson('{')).toThrow(SyntaxError);
});

test('an integer whose digits JSON would write otherwise is text, even if it is held exactly', () => {
  for (const digits of ['-9223372036854775808', '1152921504606846976', '18446744073709551616']) {
    expect(readJson(`[${digits}]`)).toEqual({ data: [digits], numbersAsText: 1 });
  }
});
