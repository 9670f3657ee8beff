/**
 * The cells of style, explode and type, as swagger-client writes them; parameter-matrix.slow.test.ts asks it. Where the specification
 * (3.0.4 and 3.1.1, which follow RFC 6570) says something else, its form is here and the exception is named.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { encodeAllowingReserved, serializePairs, serializeText, type Style } from './serialize-value.ts';

const ARRAY = ['x', 'y z', 'q&r'];
const OBJECT = { k: 'v 1', m: 2 };

const text = (style: Style, explode: boolean, value: unknown): string => serializeText('v', value, { style, explode });
const pairs = (style: Style, explode: boolean, value: unknown): string =>
  serializePairs('v', value, { style, explode })
    .map((pair) => pair.join('='))
    .join('&');

describe('in a path', () => {
  test.each<[Style, boolean, unknown, string]>([
    ['simple', true, 'a b/c', 'a%20b%2Fc'],
    ['simple', true, 1.5, '1.5'],
    ['simple', true, true, 'true'],
    ['simple', true, ARRAY, 'x,y%20z,q%26r'],
    ['simple', true, OBJECT, 'k=v%201,m=2'],
    ['simple', false, 'a b/c', 'a%20b%2Fc'],
    ['simple', false, ARRAY, 'x,y%20z,q%26r'],
    ['simple', false, OBJECT, 'k,v%201,m,2'],
    ['label', true, 'a b/c', '.a%20b%2Fc'],
    ['label', true, 1.5, '.1.5'],
    ['label', true, ARRAY, '.x.y%20z.q%26r'],
    ['label', true, OBJECT, '.k=v%201.m=2'],
    ['label', false, 'a b/c', '.a%20b%2Fc'],
    // Exception: swagger-client joins with a dot, as 3.0.0 to 3.0.3 said; RFC 6570 and later versions join with a comma.
    ['label', false, ARRAY, '.x,y%20z,q%26r'],
    ['label', false, OBJECT, '.k,v%201,m,2'],
    ['matrix', true, 'a b/c', ';v=a%20b%2Fc'],
    ['matrix', true, true, ';v=true'],
    ['matrix', true, ARRAY, ';v=x;v=y%20z;v=q%26r'],
    ['matrix', true, OBJECT, ';k=v%201;m=2'],
    ['matrix', true, [], ''],
    ['matrix', true, {}, ''],
    ['matrix', false, {}, ''],
    ['matrix', false, 'a b/c', ';v=a%20b%2Fc'],
    ['matrix', false, ARRAY, ';v=x,y%20z,q%26r'],
    ['matrix', false, OBJECT, ';v=k,v%201,m,2'],
    // Exception: swagger-client writes `;v=`; RFC 6570 has no equals sign without a value.
    ['matrix', false, '', ';v'],
  ])('%s, explode %s: %j is %s', (style, explode, value, written) => {
    expect(text(style, explode, value)).toBe(written);
  });
});

describe('in a query', () => {
  const plain: [boolean, unknown, string][] = [
    [true, 'a b/c', 'v=a%20b%2Fc'],
    [true, 1.5, 'v=1.5'],
    [true, true, 'v=true'],
    [true, [], ''],
    [false, 'a b/c', 'v=a%20b%2Fc'],
    [false, [], 'v='],
  ];
  test.each<[Style, boolean, unknown, string]>([
    ...(['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'] as const).flatMap((style) =>
      plain.map((cell): [Style, boolean, unknown, string] => [style, ...cell]),
    ),
    ...(['form', 'spaceDelimited', 'pipeDelimited'] as const).map((style): [Style, boolean, unknown, string] => [
      style,
      true,
      ARRAY,
      'v=x&v=y%20z&v=q%26r',
    ]),
    ['form', true, OBJECT, 'k=v%201&m=2'],
    ['form', false, ARRAY, 'v=x,y%20z,q%26r'],
    ['form', false, OBJECT, 'v=k,v%201,m,2'],
    // Exception: swagger-client leaves out an empty text; here it is what the caller gave.
    ['form', true, '', 'v='],
    ['spaceDelimited', true, OBJECT, 'k=v%201&m=2'],
    ['spaceDelimited', false, ARRAY, 'v=x%20y%20z%20q%26r'],
    // Exception: swagger-client joins with a comma; the specification has the delimiter of the style.
    ['spaceDelimited', false, OBJECT, 'v=k%20v%201%20m%202'],
    ['pipeDelimited', true, OBJECT, 'k=v%201&m=2'],
    ['pipeDelimited', false, ARRAY, 'v=x|y%20z|q%26r'],
    ['pipeDelimited', false, OBJECT, 'v=k|v%201|m|2'],
    ['deepObject', true, OBJECT, 'v%5Bk%5D=v%201&v%5Bm%5D=2'],
    ['deepObject', false, OBJECT, 'v%5Bk%5D=v%201&v%5Bm%5D=2'],
    ['deepObject', false, ARRAY, 'v=x,y%20z,q%26r'],
    // Exception: swagger-client repeats the name; servers that read brackets would read a list of one item as a text.
    ['deepObject', true, ARRAY, 'v%5B%5D=x&v%5B%5D=y%20z&v%5B%5D=q%26r'],
    ['deepObject', true, { a: { b: [1, 2] }, c: null }, 'v%5Ba%5D%5Bb%5D%5B%5D=1&v%5Ba%5D%5Bb%5D%5B%5D=2'],
    ['deepObject', true, [{ a: 1 }, null, { b: [2] }], 'v%5B0%5D%5Ba%5D=1&v%5B1%5D%5Bb%5D%5B%5D=2'],
  ])('%s, explode %s: %j is %s', (style, explode, value, written) => {
    expect(pairs(style, explode, value)).toBe(written);
  });
});

test('in a header nothing is encoded', () => {
  const header = (explode: boolean, value: unknown): string =>
    serializeText('v', value, { style: 'simple', explode, encode: (plain) => plain });
  expect([header(true, OBJECT), header(false, OBJECT), header(false, ARRAY)]).toEqual([
    'k=v 1,m=2',
    'k,v 1,m,2',
    'x,y z,q&r',
  ]);
});

test('allowReserved keeps what cannot begin a fragment or another parameter', () => {
  expect(encodeAllowingReserved('a/b?c:d@e,f;g&h=i#j+k[l]')).toBe('a/b?c:d@e,f;g%26h%3Di%23j%2Bk%5Bl%5D');
});

test('whatever the value, it never leaves its place', () => {
  const characters = fc.string({ unit: fc.constantFrom(...Array.from('a/?#&=%.;,|[]\\ \t\n\u0000ä😀'), '\ud800') });
  const value = fc.oneof(
    characters,
    fc.array(characters),
    fc.dictionary(characters, fc.oneof(characters, fc.integer(), fc.boolean())),
  );
  const inPath = fc.constantFrom<Style>('simple', 'label', 'matrix');
  const inQuery = fc.constantFrom<Style>('form', 'spaceDelimited', 'pipeDelimited', 'deepObject');
  fc.assert(
    fc.property(value, inPath, fc.boolean(), (given, style, explode) => {
      expect(/[/?#\s]/.test(text(style, explode, given))).toBe(false);
    }),
  );
  fc.assert(
    fc.property(value, inQuery, fc.boolean(), (given, style, explode) =>
      serializePairs('v', given, { style, explode }).every(
        ([name, written]) => !/[&#=\s]/.test(name) && !/[&#\s]/.test(written),
      ),
    ),
  );
});
