import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parseLine } from './stdio-message.ts';

const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
const errorOf = (line: string): unknown => {
  const parsed = parseLine(line);
  return parsed === undefined || parsed.ok ? parsed : [parsed.error.code, parsed.error.id];
};

test('a valid message is read as it is', () => {
  expect(parseLine(JSON.stringify(ping))).toEqual({ ok: true, message: ping });
});

test.each(['', '  ', '\t', '\ufeff'])('the blank line %j is ignored', (line) => {
  expect(parseLine(line)).toBeUndefined();
});

test('a byte order mark is ignored', () => {
  expect(parseLine(`\ufeff${JSON.stringify(ping)}`)).toEqual({ ok: true, message: ping });
});

test('params, arguments and cursor that are null are absent', () => {
  const call = { jsonrpc: '2.0', id: 1, method: 'tools/call' };
  expect(parseLine(JSON.stringify({ ...ping, params: null }))).toEqual({ ok: true, message: ping });
  const withNulls = { ...call, params: { name: 'echo', arguments: null, cursor: null, _meta: null } };
  expect(parseLine(JSON.stringify(withNulls))).toEqual({ ok: true, message: { ...call, params: { name: 'echo' } } });
});

describe('an invalid line is answered', () => {
  test.each([
    ['text that is not JSON', 'nonsense', -32_700, 'null'],
    ['JSON that is cut off', '{"jsonrpc":"2.0","id":7,', -32_700, 'null'],
    ['a batch', '[]', -32_600, 'null'],
    ['no object', '"ping"', -32_600, 'null'],
    ['null', 'null', -32_600, 'null'],
    ['no method', '{"jsonrpc":"2.0","id":5}', -32_600, '5'],
    ['another version', '{"jsonrpc":"1.0","id":"a","method":"ping"}', -32_600, '"a"'],
    ['a version that is missing', '{"id":"a","method":"ping"}', -32_600, '"a"'],
    ['params that are a list', '{"jsonrpc":"2.0","id":6,"method":"ping","params":[]}', -32_600, '6'],
    ['a duplicate key', '{"jsonrpc":"2.0","id":8,"method":"ping","method":"pong"}', -32_600, '8'],
    ['the key __proto__', '{"jsonrpc":"2.0","id":9,"method":"ping","params":{"__proto__":{}}}', -32_600, '9'],
    ['an id that is null', '{"jsonrpc":"2.0","id":null,"method":"ping"}', -32_600, 'null'],
    ['an id that is a fraction', '{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32_600, 'null'],
    ['an id that is infinite', '{"jsonrpc":"2.0","id":1e400,"method":"ping"}', -32_600, 'null'],
    ['an id that is a list', '{"jsonrpc":"2.0","id":[1],"method":"ping"}', -32_600, 'null'],
    ['an id with an escape', '{"jsonrpc":"2.0","\\u0069d":"a\\"b","method":1}', -32_600, '"a\\"b"'],
    ['an id in other digits', '{"jsonrpc":"2.0","id":1e3,"method":1}', -32_600, '1000'],
    ['an id that is -0', '{"jsonrpc":"2.0","id":-0,"method":1}', -32_600, '0'],
    ['an id that comes twice', '{"jsonrpc":"2.0","id":1,"id":"b","method":"ping"}', -32_600, '"b"'],
    [
      'an id that is long',
      `{"jsonrpc":"2.0","id":"${'a'.repeat(129)}","method":"ping"}`,
      -32_600,
      `"${'a'.repeat(129)}"`,
    ],
    ['an id that is too long', `{"jsonrpc":"2.0","id":"${'a'.repeat(5000)}","method":"ping"}`, -32_600, 'null'],
    ['a nested id only', '{"jsonrpc":"2.0","id":1.5,"method":"a","params":{"id":9007199254740993}}', -32_600, 'null'],
  ])('%s', (_, line, code, id) => {
    expect(errorOf(line)).toEqual([code, id]);
  });

  test.each(['1', 'null', '{}', '9007199254740993'])('however deep it is nested, with the id %s', (id) => {
    const deep = `{"jsonrpc":"2.0","method":"a","params":${'['.repeat(100_000)}${']'.repeat(100_000)},"id":${id}}`;
    expect(errorOf(deep)).toEqual([-32_600, id === '{}' ? 'null' : id]);
  });

  test('with every digit of an integer id beyond 2^53', () => {
    const beyond = fc.oneof(
      fc.bigInt({ min: 2n ** 53n, max: 2n ** 70n }),
      fc.bigInt({ min: -(2n ** 70n), max: -(2n ** 53n) }),
    );
    fc.assert(
      fc.property(beyond, (id) => {
        expect(errorOf(`{"jsonrpc":"2.0","params":{"id":1},"id":${id},"method":"ping"}`)).toEqual([
          -32_600,
          String(id),
        ]);
      }),
    );
  });
});

test.each([
  ['a notification', '{"jsonrpc":"1.0","method":"notifications/initialized"}'],
  ['a notification with a duplicate key', '{"jsonrpc":"2.0","method":"a","method":"b"}'],
  ['a response', '{"jsonrpc":"1.0","id":1,"result":{}}'],
  ['an error response', '{"jsonrpc":"1.0","id":null,"error":{"code":1,"message":"m"}}'],
])('%s is invalid and not answered', (_, line) => {
  expect(errorOf(line)).toEqual([-32_600, undefined]);
});

test('any line gives a message, an error with an id that is JSON, or nothing', () => {
  const line = fc.oneof(
    fc.string(),
    fc.json(),
    fc.json().map((json) => `{"jsonrpc":"2.0","id":${json},"method":"a"}`),
  );
  fc.assert(
    fc.property(line, (text) => {
      const parsed = parseLine(text);
      const id = parsed === undefined || parsed.ok ? undefined : parsed.error.id;
      expect(() => JSON.parse(id ?? 'null') as unknown).not.toThrow();
    }),
  );
});
