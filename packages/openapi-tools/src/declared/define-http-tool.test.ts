import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { staticCredentials } from '../egress/credentials.ts';
import { call, startLocalApi, type LocalApi } from '../test-support/local-api.ts';
import { defineHttpTool, type HttpToolOptions } from './define-http-tool.ts';
import type { HttpRequestSpec, HttpToolSpec } from './http-tool-spec.ts';

let api: LocalApi;
beforeAll(async () => {
  api = await startLocalApi();
});
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(() => void api.received.splice(0));

const parameters: NonNullable<HttpToolSpec['parameters']> = {
  id: { type: 'string', maxLength: 50, characters: 'text', optional: true },
  count: { type: 'integer', min: 0, max: 10, default: 3 },
  loud: { type: 'boolean', optional: true },
};

function tool(http: Partial<HttpRequestSpec>, options: HttpToolOptions = {}): ReturnType<typeof defineHttpTool> {
  const text = JSON.stringify(http);
  const used = Object.entries(parameters).filter(([name]) => text.includes(`{${name}}`));
  const spec = { name: 't', description: 'T', http: { url: `${api.url}/things`, ...http } };
  return defineHttpTool({ ...spec, parameters: Object.fromEntries(used) }, { private: true, ...options });
}

describe('a value in the path', () => {
  const thing = (): ReturnType<typeof tool> => tool({ url: `${api.url}/things/{id}/x` });

  test.each([
    ['a/b', 'a%2Fb'],
    ['..admin', '..admin'],
    ['a?b#c', 'a%3Fb%23c'],
    ['ä b', '%C3%A4%20b'],
    ["!'()*", '%21%27%28%29%2A'],
  ])('%j stays in its segment', async (id, sent) => {
    expect(await call(thing(), { id })).toMatchObject({ ok: true });
    expect(api.received[0]?.url).toBe(`/things/${sent}/x`);
  });

  test.each([
    '',
    '.',
    '..',
    '%2e',
    '%2E%2e',
    '.%2e',
    '../admin',
    'a/..',
    '..%2fadmin',
    '..\\admin',
    '..;',
    ' ..',
    '..%20/a',
    '．．',
    'a/..%09',
    '․․',
  ])('%j is refused before anything is sent', async (id) => {
    expect(await call(thing(), { id })).toMatchObject({ error: { type: 'validation_error' } });
    expect(api.received).toEqual([]);
  });
});

test('values go to the query and to headers, and one that is left out is not sent', async () => {
  const http = { query: { q: 'x={id}', n: '{count}', fixed: { literal: '{id}' } }, headers: { 'X-Id': '{id}' } };
  await call(tool(http), {});
  await call(tool(http), { id: 'a&b=c', count: 5 });
  expect(api.received.map(({ url, headers }) => [url, headers['x-id']])).toEqual([
    ['/things?n=3&fixed=%7Bid%7D', undefined],
    ['/things?q=x%3Da%26b%3Dc&n=5&fixed=%7Bid%7D', 'a&b=c'],
  ]);
});

test('a header value that is no single line of ASCII is refused', async () => {
  const result = await call(tool({ headers: { 'X-Id': '{id}' } }), { id: 'ä' });
  expect(result.error).toMatchObject({ type: 'validation_error' });
  expect(await call(tool({ headers: { 'X-Id': '{id}' } }), { id: 'a\r\nHost: b' })).toMatchObject({ ok: false });
  expect(api.received).toEqual([]);
});

test('a JSON body keeps the types of values, and leaves out what was left out', async () => {
  const json = { id: '{id}', n: '{count}', loud: '{loud}', text: 'is {count}', list: ['{id}', 1, null] };
  await call(tool({ method: 'POST', body: { json } }), { loud: true });
  const [request] = api.received;
  expect(JSON.parse(request?.body ?? '')).toEqual({ n: 3, loud: true, text: 'is 3', list: [1, null] });
  expect(request?.headers['content-type']).toBe('application/json');
});

test('form and text bodies', async () => {
  await call(tool({ method: 'POST', body: { form: { a: '{id}', b: '{count}' } } }), { id: 'x y&z' });
  await call(tool({ method: 'PUT', body: { text: 'id {id}' } }), { id: 'ü' });
  expect(api.received.map(({ method, body, headers }) => [method, body, headers['content-type']])).toEqual([
    ['POST', 'a=x+y%26z&b=3', 'application/x-www-form-urlencoded'],
    ['PUT', 'id ü', 'text/plain; charset=utf-8'],
  ]);
});

test('a body of JSON or text has the type that is declared for it, and what is none is refused', async () => {
  const headers = { 'Content-type': 'application/vnd.api+json' };
  await call(tool({ method: 'POST', headers, body: { json: { n: '{count}' } } }));
  await call(tool({ method: 'POST', headers: { 'content-type': 'text/csv; charset=utf-8' }, body: { text: 'a' } }));
  expect(api.received.map(({ headers: sent, body }) => [sent['content-type'], body])).toEqual([
    ['application/vnd.api+json', '{"n":3}'],
    ['text/csv; charset=utf-8', 'a'],
  ]);
  for (const type of ['{id}', 'json', 'a/b\r\nX: y']) {
    expect(() => tool({ method: 'POST', headers: { 'Content-Type': type }, body: { text: 'a' } })).toThrow(
      'must be a type',
    );
  }
  expect(() => tool({ headers: { 'Content-Type': 'text/csv' } })).toThrow('set by the server alone');
});

test.each([
  [{ type: 'bearer', token: 'secret-1' }, 'authorization', 'Bearer secret-1', '/things'],
  [{ type: 'basic', username: 'ana', password: 'secret-1' }, 'authorization', 'Basic YW5hOnNlY3JldC0x', '/things'],
  [{ type: 'header', name: 'X-Key', value: 'secret-1' }, 'x-key', 'secret-1', '/things'],
  [{ type: 'headers', headers: { 'X-Key': 'secret-1', 'X-App': 'secret-2' } }, 'x-app', 'secret-2', '/things'],
  [{ type: 'query', name: 'key', value: 'secret 1' }, 'x-key', undefined, '/things?key=secret%201'],
] as const)('the credential $0.type is sent', async (given, header, value, url) => {
  await call(tool({}, { credentials: staticCredentials(given) }));
  expect([api.received[0]?.headers[header], api.received[0]?.url]).toEqual([value, url]);
});

test('hints are those of the method', () => {
  expect(tool({}).annotations).toMatchObject({ readOnlyHint: true, idempotentHint: true });
  expect(tool({ method: 'DELETE' }).annotations).toMatchObject({ destructiveHint: true, idempotentHint: true });
  expect(tool({ method: 'POST' }).annotations).toEqual({ readOnlyHint: false, openWorldHint: true });
});

test.each<[string, Partial<HttpRequestSpec>, HttpToolOptions, string]>([
  ['a placeholder in the host', { url: 'https://{id}.example/' }, {}, 'http.url has a placeholder in its host'],
  ['a user name', { url: 'https://a@b.example/' }, {}, 'http.url must be a full http or https URL'],
  ['a query in the URL', { url: 'https://b.example/?a=1' }, {}, 'must not have a query'],
  ['dots in the URL', { url: 'https://b.example/a/../b' }, {}, 'must not have the path segments . and ..'],
  ['http to another machine', { url: 'http://b.example/' }, {}, 'is http, which is not encrypted'],
  ['this machine', {}, { private: false }, 'is on this machine: set private to true'],
  ['a protected header', { headers: { Host: 'x' } }, {}, 'http.headers.Host is set by the server alone'],
  ['a body of GET', { body: { text: 'x' } }, {}, 'http.body cannot be sent with GET'],
  ['two bodies', { method: 'POST', body: { text: 'x', json: 1 } }, {}, 'must have exactly one of'],
  ['an unknown placeholder', { query: { a: '{nope}' } }, {}, 'http.query.a names {nope}, which is not a parameter'],
])('%s is no request', (_, http, options, message) => {
  expect(() => tool(http, options)).toThrow(message);
});
