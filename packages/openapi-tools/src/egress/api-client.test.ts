import { afterEach, describe, expect, test } from 'vitest';

import { defineHttpTool, type HttpToolOptions } from '../declared/define-http-tool.ts';
import type { HttpRequestSpec } from '../declared/http-tool-spec.ts';
import { callTool, Tool, type ToolDefinition } from '@mcp/tool-base';
import { ApiClient } from './api-client.ts';
import { call, startLocalApi, type LocalApi } from '../test-support/local-api.ts';

const open: LocalApi[] = [];
afterEach(async () => {
  for (const api of open.splice(0)) await api[Symbol.asyncDispose]();
});

async function serve(answer: Parameters<typeof startLocalApi>[0]): Promise<LocalApi> {
  const api = await startLocalApi(answer);
  open.push(api);
  return api;
}

function tool(url: string, http: Partial<HttpRequestSpec> = {}, options: HttpToolOptions = {}): ToolDefinition {
  return defineHttpTool({ name: 't', description: 'T', http: { url, ...http } }, { private: true, ...options });
}

describe('an address', () => {
  test.each(['http://169.254.169.254/', 'http://[fe80::1]/', 'http://224.0.0.1/', 'http://[::ffff:7f00:1]/'])(
    '%s is never connected to',
    async (url) => {
      const result = await call(tool(url, {}, { plaintext: true }));
      expect(result.error).toMatchObject({ type: 'unavailable', message: expect.stringContaining('no address') });
    },
  );

  test('that is private needs permission, also when a name has it', async () => {
    const literal = await call(tool('http://10.0.0.1/', {}, { plaintext: true, private: false }));
    expect(literal.error?.message).toContain('no address');
    const denied = await call(tool('http://localhost:9/', {}, { denied: ['127.0.0.1', '::1'] }));
    expect(denied.error?.message).toContain('no address');
  });

  test('is that of a name, where it is allowed', async () => {
    const api = await serve(undefined);
    expect(await call(tool(api.url.replace('127.0.0.1', 'localhost')))).toMatchObject({ ok: true });
  });
});

test('a connection that the API closes after some requests is replaced by one, not by one for each request', async () => {
  const connections = new Map<unknown, number>();
  const api = await serve(({ socket }, response) => {
    const requests = (connections.get(socket) ?? 0) + 1;
    connections.set(socket, requests);
    const type = { 'content-type': 'application/json' };
    response.writeHead(200, { ...type, ...(requests === 10 && { connection: 'close' }) }).end('{}');
  });
  const definition = tool(api.url);
  for (let n = 0; n < 60; n += 1) expect(await call(definition)).toMatchObject({ ok: true });
  expect(connections.size).toBeLessThan(15);
});

test('a redirect is not followed', async () => {
  const elsewhere = await serve(undefined);
  const api = await serve((_, response) => void response.writeHead(307, { location: elsewhere.url }).end());
  expect((await call(tool(api.url))).error).toMatchObject({ type: 'unavailable' });
  expect(elsewhere.received).toEqual([]);
});

test('a response without end is read up to the limit', async () => {
  const closed = Promise.withResolvers<void>();
  const api = await serve((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    const pump = (): void => {
      while (!response.destroyed && response.write('x'.repeat(4096)));
    };
    response.on('drain', pump).on('close', () => closed.resolve());
    pump();
  });
  const text = await call(tool(api.url, { response: 'text' }));
  expect(text).toMatchObject({ ok: true, meta: { truncated: true } });
  expect((await call(tool(api.url, { response: 'json' }))).error?.message).toContain('larger than');
  await closed.promise;
});

test('a response that never comes ends at the deadline of the call', async () => {
  const api = await serve(() => undefined);
  const definition = { ...tool(api.url), limits: { timeoutMs: 50 } };
  expect((await call(definition)).error?.type).toBe('timeout');
});

test('the last failure that is not in the request is known, with its time', async () => {
  const answers = [200, 404, 503, 200, 401];
  const api = await serve((_, response) => void response.writeHead(answers.shift() ?? 200).end());
  const client = new ApiClient({ baseUrl: api.url, private: true });
  const request = { method: 'GET', path: '/', query: '', headers: {} } as const;
  const send = async (): Promise<unknown> => {
    await client.send(request, { signal: new AbortController().signal, maxBytes: 10 }).catch(() => undefined);
    return client.counts.lastFailure?.reason;
  };
  expect([await send(), await send(), await send(), await send(), await send()]).toEqual([
    undefined,
    undefined,
    'HTTP 503',
    'HTTP 503',
    'HTTP 401',
  ]);
  await api[Symbol.asyncDispose]();
  expect(await send()).toBe('the connection was refused');
  expect(client.counts).toMatchObject({ requests: 7, failed: 2, serverErrors: 1, failedInARow: 2 });
  await client[Symbol.asyncDispose]();
});

describe('a connection that breaks', () => {
  test('is tried once more for GET', async () => {
    const api = await serve((request) => void request.socket.destroy());
    expect((await call(tool(api.url))).error?.type).toBe('unavailable');
    expect(api.received).toHaveLength(2);
  });

  test('leaves the outcome of POST unknown', async () => {
    const api = await serve((request) => void request.socket.destroy());
    const { error } = await call(tool(api.url, { method: 'POST' }));
    expect(error).toMatchObject({ type: 'execution_error', message: expect.stringContaining('unknown') });
    expect(api.received).toHaveLength(1);
  });
});

test('nothing listens', async () => {
  const api = await startLocalApi();
  await api[Symbol.asyncDispose]();
  expect((await call(tool(api.url))).error).toMatchObject({
    type: 'unavailable',
    message: 'The API cannot be reached: the connection was refused.',
  });
});

test('a call that is cancelled cancels its request', async () => {
  const controller = new AbortController();
  const api = await serve((request) => {
    controller.abort();
    request.socket.on('close', () => undefined);
  });
  const result = await callTool(new Tool(tool(api.url)), { caller: { name: 'ana' }, signal: controller.signal });
  expect(result.error?.type).toBe('cancelled');
});
