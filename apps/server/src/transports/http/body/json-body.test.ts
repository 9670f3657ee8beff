import { describe, expect, test } from 'vitest';
import { MAX_JSON_DEPTH, MAX_JSON_KEYS } from '../../json/strict-json.ts';
import { parseJsonBody } from './json-body.ts';

const parse = (text: string): ReturnType<typeof parseJsonBody> => parseJsonBody(Buffer.from(text));
const code = (text: string | Uint8Array): string => {
  const result = parseJsonBody(typeof text === 'string' ? Buffer.from(text) : text);
  return result.ok ? 'ok' : result.problem.type.replace('urn:mcp-server:problem:', '');
};
const keys = (count: number): string =>
  JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, i) => [i, i])));

test('valid JSON is parsed', () => {
  expect(parse('{"a":[1,"x:{\\"[",{"b":null}],"":true}')).toEqual({
    ok: true,
    value: { a: [1, 'x:{"[', { b: null }], '': true },
  });
  expect(parse('"a:b"')).toEqual({ ok: true, value: 'a:b' });
});

test('a byte order mark is ignored', () => {
  expect(parse('\ufeff{"a":"\ufeff"}')).toEqual({ ok: true, value: { a: '\ufeff' } });
});

describe('rejects', () => {
  test('bytes that are not UTF-8', () => {
    expect(code(Uint8Array.of(0x22, 0xff, 0x22))).toBe('body_encoding');
    expect(code(Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22))).toBe('body_encoding');
    expect(code(Uint8Array.of(0x22, 0xc0, 0xaf, 0x22))).toBe('body_encoding');
    expect(code(Buffer.from('{}', 'utf16le'))).toBe('body_not_json');
  });

  test.each([
    '',
    ' ',
    '\ufeff',
    '\ufeff\ufeff{}',
    '{',
    '{"a":1,}',
    '{"a":NaN}',
    "{'a':1}",
    '{"a":1}{"b":2}',
    '{"a":1} x',
    '"\n"',
    '// x\n1',
  ])('%j, which is not JSON', (text) => {
    expect(code(text)).toBe('body_not_json');
  });

  test('more than 32 levels, not 32', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(code(nested(MAX_JSON_DEPTH))).toBe('ok');
    expect(code(nested(MAX_JSON_DEPTH + 1))).toBe('body_too_deep');
    expect(code('{"a":'.repeat(33) + '1' + '}'.repeat(33))).toBe('body_too_deep');
    expect(code('['.repeat(200_000))).toBe('body_too_deep');
  });

  test('more than 1000 keys in all objects, not 1000', () => {
    expect(code(keys(MAX_JSON_KEYS))).toBe('ok');
    expect(code(keys(MAX_JSON_KEYS + 1))).toBe('body_too_many_keys');
    expect(code(`[${keys(600)},${keys(401)}]`)).toBe('body_too_many_keys');
  });

  test('a duplicate key in one object, however it is escaped, but not in two objects', () => {
    expect(code('{"a":1,"a":1}')).toBe('body_duplicate_key');
    expect(code('{"name":1,"n\\u0061me":2}')).toBe('body_duplicate_key');
    expect(code('[{"x":{"a":1,"b":2,"a":3}}]')).toBe('body_duplicate_key');
    expect(code('[{"a":1},{"a":{"a":2}}]')).toBe('ok');
  });

  test('the key __proto__ at any depth', () => {
    expect(code('{"__proto__":{"admin":true}}')).toBe('body_key_not_allowed');
    expect(code('[{"a":{"\\u005f_proto__":1}}]')).toBe('body_key_not_allowed');
  });
});
