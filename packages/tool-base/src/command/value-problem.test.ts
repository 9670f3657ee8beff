import { expect, test } from 'vitest';

import { jsonProblem, valueProblem } from './value-problem.ts';
import { isValueOf, type ValueType } from './value-type.ts';

const integer: ValueType = { type: 'integer', min: -5, max: 10 };
const number: ValueType = { type: 'number', min: 0, max: 1 };
const word: ValueType = { type: 'enum', values: ['json', 'CSV'] };

test.each<[ValueType, unknown, string]>([
  [integer, 11, 'is above 10'],
  [integer, -6, 'is below -5'],
  [integer, 0.5, 'has a fraction'],
  [integer, 1e21, 'is above 10'],
  [integer, '5', 'is text; send it as a number, without quotes'],
  [integer, 'five', 'is text, not a number'],
  [integer, true, 'is not a number'],
  [integer, [5], 'is a list'],
  [integer, { a: 5 }, 'is an object'],
  [integer, null, 'is null'],
  [number, 0.1 + 0.2, 'has more than 16 digits after the point'],
  [number, 1e-7, 'has an exponent: write all its digits'],
  [word, 'csv', 'is written CSV'],
  [word, 'json ', 'is written json'],
  [word, 5, 'is not a string; send it as a string'],
])('of %j: %j %s', (type, value, problem) => {
  expect(jsonProblem(type, value)).toBe(problem);
});

test.each<[ValueType, string, string]>([
  [integer, '', 'is empty'],
  [integer, '05', 'has a zero in front'],
  [integer, '+5', 'has a plus sign'],
  [integer, '5.0', 'is written with a point'],
  [integer, '-0', 'is -0: write 0'],
  [integer, '0x5', 'is not a number'],
  [number, '.5', 'is not in its plain form, such as 0.5'],
  [{ type: 'ports' }, '', 'is empty'],
  [{ type: 'ports' }, '22, 80', 'has spaces: write 22,80'],
  [{ type: 'ports' }, '22,', 'is wrong at item 2, which is empty'],
  [{ type: 'ports' }, '0', 'is wrong at item 1, which is not from 1 to 65535'],
  [{ type: 'ports' }, '1-65536', 'is wrong at item 1, which is not from 1 to 65535'],
  [{ type: 'ports' }, '05', 'is wrong at item 1, which has a zero in front'],
  [{ type: 'ports' }, '22,90-80', 'is wrong at item 2, which runs backwards: write 80-90'],
  [{ type: 'ports' }, '1-2-3', 'is wrong at item 1, which is no range'],
  [{ type: 'ports' }, '80,http', 'is wrong at item 2, which is not a number'],
  [{ type: 'ports' }, Array.from({ length: 101 }, () => '1').join(), 'has more than 100 items'],
])('of %j: the text %j %s', (type, text, problem) => {
  expect(isValueOf(type, text)).toBe(false);
  expect(valueProblem(type, text)).toBe(problem);
});

test.each<[ValueType, string]>([
  [integer, '-5'],
  [number, '0.25'],
  [word, 'CSV'],
  [{ type: 'ports' }, '22,8000-8010'],
])('nothing is wrong with a value that is accepted: %j, %s', (type, text) => {
  expect(isValueOf(type, text)).toBe(true);
  expect(valueProblem(type, text)).toBeUndefined();
});
