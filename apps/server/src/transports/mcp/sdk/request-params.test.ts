import { describe, expect, test } from 'vitest';

import { invalidClientMembers, invalidParams } from './request-params.ts';

const messageOf = (method: string, params?: unknown): string | undefined =>
  invalidParams({ jsonrpc: '2.0', id: 1, method, params })?.message;

describe('valid params', () => {
  test.each<[string, unknown?]>([
    ['ping'],
    ['ping', {}],
    ['tools/list'],
    ['tools/list', { cursor: 'of a page' }],
    ['prompts/list', { cursor: '' }],
    ['tools/call', { name: 'echo' }],
    ['tools/call', { name: 'echo', arguments: { a: 1 }, _meta: { progressToken: 1 } }],
    ['prompts/get', { name: 'greet', arguments: { who: 'ann' } }],
    ['resources/read', { uri: 'test://a' }],
    ['completion/complete', { ref: { type: 'ref/prompt', name: 'a' }, argument: { name: 'b', value: '' } }],
    ['initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'a', version: '1' } }],
    ['unknown/method', { name: 1 }],
    ['toString', { name: 1 }],
  ])('%s %j', (method, params) => {
    expect(messageOf(method, params)).toBeUndefined();
  });
});

describe('invalid params are answered -32602 with the member and what it must be', () => {
  test.each<[string, unknown, string]>([
    ['tools/call', undefined, 'tools/call needs params, an object.'],
    ['tools/call', {}, 'tools/call needs params.name, a string.'],
    ['tools/call', { name: 7 }, 'params.name of tools/call must be a string.'],
    ['tools/call', { name: 'a', arguments: [] }, 'params.arguments of tools/call must be an object.'],
    ['tools/call', { name: 'a', _meta: 1 }, 'params._meta of tools/call must be an object.'],
    [
      'tools/call',
      { name: 'a', _meta: { progressToken: {} } },
      'params._meta.progressToken of tools/call has a value that is not allowed.',
    ],
    ['resources/read', {}, 'resources/read needs params.uri, a string.'],
    ['resources/subscribe', {}, 'resources/subscribe needs params.uri, a string.'],
    ['prompts/get', { name: 'a', arguments: { b: 1 } }, 'params.arguments.b of prompts/get must be a string.'],
    [
      'prompts/get',
      { name: 'a', arguments: { 'b\n"c': 1 } },
      'params.arguments.(member) of prompts/get must be a string.',
    ],
    ['initialize', { capabilities: {} }, 'initialize needs params.protocolVersion, a string.'],
    [
      'completion/complete',
      { ref: { type: 'x' }, argument: {} },
      'completion/complete needs params.ref: {"type": "ref/prompt", "name": ...} or {"type": "ref/resource", "uri": ...}.',
    ],
    ['ping', { _meta: 'x' }, 'params._meta of ping must be an object.'],
    ['logging/setLevel', { _meta: 'x' }, 'params._meta of logging/setLevel must be an object.'],
  ])('%s %j', (method, params, message) => {
    expect(invalidParams({ jsonrpc: '2.0', id: 1, method, params })).toEqual({ code: -32_602, message });
  });

  test.each(['prompts/list', 'resources/list', 'resources/templates/list'])(
    'a cursor of %s, since the server never gives one',
    (method) => {
      expect(messageOf(method, { cursor: 'made-up' })).toMatch(/^There is no page with this cursor/u);
    },
  );

  test('a cursor of tools/list that is no text', () => {
    expect(messageOf('tools/list', { cursor: 7 })).toBe('params.cursor of tools/list must be a string.');
  });
});

test.each(['initialize', 'ping', 'logging/setLevel', 'resources/subscribe', 'resources/unsubscribe'])(
  'the params of %s are left to the SDK in the 2026 revision, which removed the method',
  (method) => {
    const params = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };
    expect(invalidParams({ jsonrpc: '2.0', id: 1, method, params })).toBeUndefined();
  },
);

test.each(['initialize', 'resources/subscribe', 'resources/unsubscribe'])(
  'the params of %s are checked on a connection that was opened in the 2025 revision, whatever the request names',
  (method) => {
    const params = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };
    expect(invalidParams({ jsonrpc: '2.0', id: 1, method, params }, 'legacy')?.message).toMatch(/ needs params\./u);
  },
);

describe('what a request of the 2026 revision says about its client', () => {
  const messageOfMeta = (meta: object): string | undefined =>
    invalidClientMembers({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/list',
      params: { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', ...meta } },
    })?.message;

  test.each([
    [{ 'io.modelcontextprotocol/clientCapabilities': { roots: true } }, 'clientCapabilities.roots', 'an object'],
    [{ 'io.modelcontextprotocol/clientInfo': 'curl' }, 'clientInfo', 'an object'],
    [
      { 'io.modelcontextprotocol/logLevel': 'loud' },
      'logLevel',
      'one of debug, info, notice, warning, error, critical, alert, emergency',
    ],
  ])('%j is rejected in a sentence', (meta, member, what) => {
    expect(messageOfMeta(meta)).toBe(`params._meta.io.modelcontextprotocol/${member} of tools/list must be ${what}.`);
  });

  test('may be absent, and is not looked at in the 2025 era', () => {
    expect(messageOfMeta({})).toBeUndefined();
    const params = { _meta: { 'io.modelcontextprotocol/clientInfo': 1 } };
    expect(invalidClientMembers({ jsonrpc: '2.0', id: 1, method: 'tools/list', params })).toBeUndefined();
  });
});
