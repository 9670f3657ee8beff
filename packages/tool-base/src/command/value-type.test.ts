import { describe, expect, test } from 'vitest';
import { isValueOf, type ValueType } from './value-type.ts';

describe('a value', () => {
  test.each<[ValueType, readonly string[], readonly string[]]>([
    [
      { type: 'integer', min: 0, max: 20 },
      ['0', '7', '20'],
      [
        '-1',
        '21',
        '',
        '07',
        '+7',
        '7.0',
        '7.',
        '1e1',
        '0x7',
        ' 7',
        '7 ',
        '7;id',
        '-0',
        '\u0667',
        'NaN',
        '99999999999999999999',
      ],
    ],
    [{ type: 'integer', min: -5, max: 5 }, ['-5', '0', '5'], ['-6', '--5', '-']],
    [
      { type: 'number', min: 0.2, max: 5 },
      ['0.2', '1', '5', '4.99', '0.50'],
      ['0.1', '5.1', '.5', '1.', '1e0', 'Infinity', '00.5', '1,5'],
    ],
    [
      { type: 'number', min: 0, max: 5 },
      ['0', '0.0', '5.00', '4.999'],
      ['-0', '-0.0', '5.0000000000000001', '-0.0000000000000001'],
    ],
    [{ type: 'integer', min: 0, max: 2 ** 53 }, ['0', '9007199254740992'], ['-0', '9007199254740993']],
    [{ type: 'enum', values: ['A', 'MX'] }, ['A', 'MX'], ['a', 'M', 'MX ', '', 'constructor', '__proto__']],
    [{ type: 'text', maxLength: 3 }, ['', 'abc', 'a b'], ['abcd', '-a', 'ü', 'a\nb']],
    [{ type: 'text', minLength: 1, maxLength: 3 }, ['a'], ['']],
    [
      { type: 'ports' },
      ['22', '22,80', '8000-8010,443', '1-65535'],
      [
        '',
        '0',
        '65536',
        '080',
        '80-22',
        '80-',
        '-80',
        '22,,80',
        '22,',
        'U:53',
        '22 80',
        '*',
        'http',
        '1-2-3',
        Array(101).fill('1').join(','),
      ],
    ],
  ])('of type %j is accepted in its one spelling and within its bounds', (type, good, bad) => {
    for (const text of good) expect([text, isValueOf(type, text)]).toEqual([text, true]);
    for (const text of bad) expect([text, isValueOf(type, text)]).toEqual([text, false]);
  });
});
