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
    ['a result and an error', { jsonrpc: '2.0', id: 1, result: {}, error: { code: 1, message: 'no' } }],
    ['a result that is no object', { jsonrpc: '2.0', id: 1, result: 1 }],
    ['an error without a code', { jsonrpc: '2.0', id: 1, error: { message: 'no' } }],
    ['an error that is text', { jsonrpc: '2.0', id: 1, error: 'no' }],
    ['params that are a list', { ...call, params: [] }],
    ['params that are a text', { ...call, params: 'x' }],
    ['a member that JSON-RPC does not know', { ...call, shell: true }],
  ])('is rejected as %s', (_, body) => {
    expect(readEnvelope(body)).toMatchObject({ ok: false, error: { code: -32_600 } });
  });

  test('has no params where these are null', () => {
    expect(readEnvelope({ ...call, params: null })).toEqual({ ok: true, message: call });
  });

  test.each([
    ['tools/call', { name: 'a', arguments: null, task: null, _meta: null }, { name: 'a' }],
    ['tools/call', { name: 'a', _meta: { progressToken: null } }, { name: 'a', _meta: {} }],
    ['tools/list', { cursor: null }, {}],
    ['prompts/get', { name: 'a', arguments: { b: 'c', d: null } }, { name: 'a', arguments: { b: 'c' } }],
    [
      'initialize',
      { capabilities: { roots: null, sampling: {} }, clientInfo: { name: 'a', title: null } },
      { capabilities: { sampling: {} }, clientInfo: { name: 'a' } },
    ],
  ])('of %s has no members of params that are null: %j', (method, params, expected) => {
    expect(readEnvelope({ ...call, method, params })).toEqual({
      ok: true,
      message: { ...call, method, params: expected },
    });
  });

  test.each([
    ['the arguments of a tool', 'tools/call', { name: 'a', arguments: { b: null, c: { d: null } } }],
    ['the answers of a user', 'prompts/get', { name: 'a', inputResponses: { b: { content: { c: null } } } }],
    ['lists', 'completion/complete', { ref: { list: [null] } }],
  ])('keeps a null in %s', (_, method, params) => {
    expect(readEnvelope({ ...call, method, params })).toEqual({ ok: true, message: { ...call, method, params } });
  });
});
