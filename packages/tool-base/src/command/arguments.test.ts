import { describe, expect, test } from 'vitest';
import { splitArguments } from './arguments.ts';

describe('extra arguments', () => {
  test('a string is split on spaces, a list is taken as it is', () => {
    expect(splitArguments('-c 1  -n ')).toEqual(['-c', '1', '-n']);
    expect(splitArguments(['-c', '1', 'a b'])).toEqual(['-c', '1', 'a b']);
    expect(splitArguments('')).toEqual([]);
    expect(splitArguments([])).toEqual([]);
    expect(splitArguments(undefined)).toEqual([]);
  });

  test('quotes and backslashes have no meaning', () => {
    expect(splitArguments(`"a b" 'c' d\\ e`)).toEqual(['"a', 'b"', "'c'", 'd\\', 'e']);
  });

  test.each([
    '-c\t1',
    '-c\n1',
    '-c\r1',
    '-c\u00a01',
    '-c\u30001',
    '-c\u20281',
    'a\u0000',
    'a\u001b[2Jb',
    'a\u009b31m',
    'a\u007f',
    '\ufffe',
    'ü',
    '\ud800',
    '\u202e',
  ])('%j is refused, for it is not printable ASCII', (text) => {
    expect(() => splitArguments(text)).toThrow('printable ASCII');
    expect(() => splitArguments([text])).toThrow('printable ASCII');
  });

  test.each([true, 1, null, {}, [1], ['a', null], [['a']]])(
    '%j is refused, for it is neither a string nor a list of strings',
    (value) => {
      expect(() => splitArguments(value)).toThrow('string or a list of strings');
    },
  );

  test('the length is counted in UTF-8 bytes before anything else, separators included', () => {
    expect(splitArguments('a'.repeat(2048))).toHaveLength(1);
    expect(() => splitArguments('a'.repeat(2049))).toThrow('2048 bytes');
    expect(() => splitArguments('\u{1f600}'.repeat(600))).toThrow('2048 bytes');
    expect(() => splitArguments(['a'.repeat(1024), 'b'.repeat(1024)])).toThrow('2048 bytes');
    expect(() => splitArguments('abc', 2)).toThrow('2 bytes');
  });

  test('there are at most 64', () => {
    expect(splitArguments('a '.repeat(64))).toHaveLength(64);
    expect(() => splitArguments('a '.repeat(65))).toThrow('64');
    expect(() => splitArguments(Array(65).fill(''))).toThrow('64');
  });
});

test('a list written as text is refused as a list, not as a flag', () => {
  expect(() => splitArguments('["-q"]')).toThrow(
    'extraArgs is a list written as text; send the list without the quotes.',
  );
});

test('what is wrong with an extra argument names it, the character and what to write', () => {
  const refusalOf = (value: unknown): unknown => {
    try {
      return splitArguments(value);
    } catch (error) {
      return error;
    }
  };
  expect(refusalOf(['-c', '\u2014max'])).toMatchObject({
    message: expect.stringContaining('Argument 2 of extraArgs holds the character U+2014 at position 1'),
    suggestion: 'Write - as the plain hyphen, U+002D.',
  });
  expect(refusalOf(['-c', 5])).toMatchObject({ message: expect.stringContaining('argument 2 is a number') });
});
