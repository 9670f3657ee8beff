import { describe, expect, test } from 'vitest';

import { readEnvelope } from './envelope.ts';

const call = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

describe('a JSON-RPC envelope', () => {
  test.each([
    ['a request', call],
    ['a request with a text id', { ...call, id: 'a'.repeat(128) }],
    ['a notification', { jsonrpc: '2.0', method: 'notifications/initialized' }],
    ['a result', { jsonrpc: '2.0', id: 1, result: {} }],
    ['an error', { jsonrpc: '2.0', id: null, error: { code: -1, message: 'x' } }],
  ])('passes as %s', (_, body) => {
    expect(readEnvelope(body)).toEqual({ ok: true, message: body });
  });

  test.each([
    ['a batch', [call]],
    ['null', null],
    ['a text', 'tools/list'],
    ['another version', { ...call, jsonrpc: '1.0' }],
    ['a version that is a number', { ...call, jsonrpc: 2 }],
    ['an id that is null', { ...call, id: null }],
    ['an id that is an object', { ...call, id: {} }],
    ['an id that is a fraction', { ...call, id: 1.5 }],
    ['an id that is too long', { ...call, id: 'a'.repeat(129) }],
    ['an empty method', { ...call, method: '' }],
    ['no method', { jsonrpc: '2.0', id: 1 }],
    ['a method and a result', { ...call, result: {} }],
    ['params that are a list', { ...call, params: [] }],
    ['params that are a text', { ...call, params: 'x' }],
    ['a member that JSON-RPC does not know', { ...call, shell: true }],
  ])('is rejected as %s', (_, body) => {
    expect(readEnvelope(body)).toMatchObject({ ok: false, error: { code: -32_600 } });
  });

  test('is rejected with the id of the request where it could be read', () => {
    expect(readEnvelope({ ...call, id: 7, params: [] })).toMatchObject({ error: { id: 7 } });
    expect(readEnvelope({ ...call, id: {} })).toMatchObject({ error: { id: null } });
  });

  test('has no params, arguments, cursor or _meta where these are null', () => {
    const nulls = { arguments: null, cursor: null, _meta: null };
    expect(readEnvelope({ ...call, params: null })).toEqual({ ok: true, message: call });
    expect(readEnvelope({ ...call, params: { ...nulls, name: 'a' } })).toEqual({
      ok: true,
      message: { ...call, params: { name: 'a' } },
    });
  });
});
