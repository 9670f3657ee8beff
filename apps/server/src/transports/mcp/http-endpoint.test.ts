import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { Principal } from '../../access/principal.ts';
import { TestCredentials } from '../../access/test-support/test-credentials.ts';
import { CallLimit } from '../../calls/call-limit.ts';
import { ChangeNotifier } from './sdk/connection/change-notifier.ts';
import { McpHttpEndpoint } from './http-endpoint.ts';
import { answerIn, envelope, initialize, post, type Message } from './test-support/messages.ts';
import { testDependencies } from './test-support/test-dependencies.ts';

const ann: Principal = { name: 'ann', scopes: ['tools:call'] };
const onlyOther: Principal = { name: 'bob', scopes: ['tools:call:other_*'] };

let endpoint: McpHttpEndpoint;
beforeEach(() => {
  endpoint = new McpHttpEndpoint({
    ...testDependencies(),
    notifier: new ChangeNotifier(),
    callers: new TestCredentials(),
    onError: () => {},
  });
});
afterEach(() => endpoint.close());

function send(message: Message, headers: Record<string, string> = {}, principal = ann): Promise<Response> {
  const { request, body } = post(message, headers);
  return endpoint.handle(request, body, principal);
}

function modern(
  method: string,
  params: Record<string, unknown>,
  headers: Record<string, string> = {},
): Promise<Response> {
  const name = typeof params['name'] === 'string' ? { 'mcp-name': params['name'] } : {};
  return send(
    { method, id: 1, params: { ...params, _meta: envelope } },
    { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, ...name, ...headers },
  );
}

const call = { name: 'echo', arguments: { text: 'hi' } };

describe('the MCP endpoint', () => {
  test('answers a request of the 2026 revision without a session', async () => {
    const response = await modern('tools/call', call);
    expect(response.headers.get('mcp-session-id')).toBeNull();
    expect(await answerIn(response)).toMatchObject({ id: 1, result: { content: [{ type: 'text', text: 'hi' }] } });
    expect(endpoint.sessionCount).toBe(0);
  });

  test('says who it is and what it can to server/discover', async () => {
    expect(await answerIn(await modern('server/discover', {}))).toMatchObject({
      result: {
        supportedVersions: expect.arrayContaining(['2026-07-28']),
        capabilities: { tools: { listChanged: true }, prompts: { listChanged: true }, completions: {} },
        instructions: 'Be careful.',
      },
    });
  });

  test('refuses a header that contradicts the body', async () => {
    const response = await modern('tools/call', call, { 'mcp-name': 'other' });
    expect(response.status).toBe(400);
    expect(await answerIn(response)).toMatchObject({ id: 1, error: { code: -32_020 } });
  });

  test('opens a session for a client of the 2025 era', async () => {
    const response = await send(initialize);
    expect(await answerIn(response)).toMatchObject({ result: { protocolVersion: '2025-11-25' } });
    expect(endpoint.sessionCount).toBe(1);
  });

  test('answers a 2025-era request without a session for itself alone', async () => {
    const response = await send(
      { method: 'tools/call', id: 2, params: call },
      { 'mcp-protocol-version': '2025-11-25' },
    );
    expect(await answerIn(response)).toMatchObject({ id: 2, result: { content: [{ text: 'hi' }] } });
    expect(endpoint.sessionCount).toBe(0);
  });

  test('rejects a session that it did not open', async () => {
    expect((await send({ method: 'ping', id: 3 }, { 'mcp-session-id': 'made-up' })).status).toBe(404);
  });

  test('makes an unknown tool a protocol error that does not repeat its name', async () => {
    const { error } = await answerIn(await modern('tools/call', { name: 'no_such_tool' }));
    expect(error).toMatchObject({ code: -32_602 });
    expect(JSON.stringify(error)).not.toContain('no_such_tool');
  });

  test('shows and runs only what the credential allows', async () => {
    const headers = { 'mcp-protocol-version': '2025-11-25' };
    const listed = await answerIn(await send({ method: 'tools/list', id: 4 }, headers, onlyOther));
    expect(listed).toMatchObject({ result: { tools: [] } });
    const answer = await answerIn(await send({ method: 'tools/call', id: 5, params: call }, headers, onlyOther));
    expect(answer).toMatchObject({
      result: { isError: true, content: [{ text: expect.stringMatching(/^forbidden/u) }] },
    });
  });
});

describe('a client of the 2025 era', () => {
  test.each(['*/*', 'application/*, text/*', 'application/json;q=0.9, text/event-stream;q=0.1', '', undefined])(
    'may send Accept: %s',
    async (accept) => {
      const { request, body } = post(initialize);
      const headers = new Headers(request.headers);
      headers.delete('accept');
      if (accept !== undefined) headers.set('accept', accept);
      const response = await endpoint.handle(new Request(request.url, { method: 'POST', headers }), body, ann);
      expect(response.status).toBe(200);
      const id = response.headers.get('mcp-session-id') ?? '';
      const listen = new Headers({ 'mcp-session-id': id, ...(accept !== undefined && { accept }) });
      const stream = await endpoint.handle(new Request(request.url, { headers: listen }), undefined, ann);
      expect([stream.status, stream.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
      await stream.body?.cancel();
    },
  );

  test.each(['application/json', 'application/*', 'application/json, text/event-stream;q=0'])(
    'that sends Accept: %s gets JSON instead of a stream',
    async (accept) => {
      const opened = await send(initialize, { accept });
      const id = opened.headers.get('mcp-session-id') ?? '';
      expect([opened.status, opened.headers.get('content-type')]).toEqual([200, 'application/json']);
      expect(await opened.json()).toMatchObject({ id: initialize.id, result: { protocolVersion: expect.any(String) } });
      const called = await send({ method: 'tools/call', id: 2, params: call }, { accept, 'mcp-session-id': id });
      expect(await called.json()).toMatchObject({ id: 2, result: { content: expect.any(Array) } });
      const noted = await send({ method: 'notifications/initialized' }, { accept, 'mcp-session-id': id });
      expect(noted.status).toBe(202);
    },
  );

  test('that accepts neither JSON nor a stream is answered 406 with what it has to accept', async () => {
    const response = await send(initialize, { accept: 'text/html' });
    expect(response.status).toBe(406);
    expect(await response.json()).toMatchObject({
      error: { message: 'The Accept header must contain application/json, text/event-stream.' },
    });
  });

  test('needs a session for GET and DELETE', async () => {
    for (const method of ['GET', 'DELETE']) {
      const headers = { accept: 'text/event-stream' };
      const request = new Request('http://127.0.0.1/mcp', { method, headers });
      const response = await endpoint.handle(request, undefined, ann);
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
      expect(await response.json()).toMatchObject({
        error: {
          message: `${method} needs the header Mcp-Session-Id of a session. Send initialize with POST to open one.`,
        },
      });
    }
  });

  test('opens a new session with an initialize that carries the id of one that is still open, and leaves that open', async () => {
    const first = (await send(initialize)).headers.get('mcp-session-id') ?? '';
    const response = await send(initialize, { 'mcp-session-id': first, 'mcp-protocol-version': '2025-06-18' });
    expect(response.status).toBe(200);
    const second = response.headers.get('mcp-session-id') ?? '';
    expect(second).not.toBe(first);
    for (const id of [first, second]) {
      const answer = await send({ id: 2, method: 'ping' }, { 'mcp-session-id': id });
      expect(answer.status).toBe(200);
    }
  });

  test('opens a new session with an initialize that carries the id of one that is gone', async () => {
    const response = await send(initialize, { 'mcp-session-id': 'gone', 'mcp-protocol-version': '2025-06-18' });
    expect(response.status).toBe(200);
    expect(response.headers.get('mcp-session-id')).not.toBe('gone');
    expect(endpoint.sessionCount).toBe(1);
  });

  test('gets an error in a sentence for malformed params', async () => {
    const answer = await answerIn(await send({ method: 'resources/read', id: 3, params: {} }));
    expect(answer).toMatchObject({
      id: 3,
      error: { code: -32_602, message: expect.stringMatching(/needs params.uri/u) },
    });
  });
});

describe('without sessions', () => {
  beforeEach(async () => {
    await endpoint.close();
    const dependencies = testDependencies();
    const callers = new TestCredentials();
    endpoint = new McpHttpEndpoint({ ...dependencies, notifier: new ChangeNotifier(), callers, sessions: 'none' });
  });

  test('initialize gets no session id, and calls are answered', async () => {
    const opened = await send(initialize);
    expect([opened.status, opened.headers.get('mcp-session-id')]).toEqual([200, null]);
    const headers = { 'mcp-protocol-version': '2025-11-25', 'mcp-session-id': 'of another server' };
    expect(await answerIn(await send({ method: 'tools/call', id: 2, params: call }, headers))).toMatchObject({
      result: { content: [{ text: 'hi' }] },
    });
    expect(endpoint.sessionCount).toBe(0);
  });

  test.each(['GET', 'DELETE'])('%s is answered 405', async (method) => {
    const request = new Request('http://127.0.0.1/mcp', { method, headers: { accept: 'text/event-stream' } });
    const response = await endpoint.handle(request, undefined, ann);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

describe('a server with as many calls in flight as it takes', () => {
  const full = new CallLimit(1);
  let answered: string[];
  beforeEach(async () => {
    await endpoint.close();
    const parts = testDependencies(undefined, full);
    endpoint = new McpHttpEndpoint({
      ...parts,
      notifier: new ChangeNotifier(),
      callers: new TestCredentials(),
      onError: () => {},
    });
    answered = [];
    full.shed = 0;
    full.tryEnter('another');
  });
  afterEach(() => full.leave('another'));

  async function posted(
    params: Record<string, unknown>,
    headers: Record<string, string>,
  ): Promise<{ status: number | undefined; headers: readonly string[]; body: Record<string, unknown> }> {
    const message = { method: 'tools/call', id: 7, params };
    const { request, body } = post(message, headers);
    const answer = await endpoint.post({
      headers: Object.fromEntries(request.headers),
      body: body as Record<string, unknown>,
      principal: ann,
      address: '127.0.0.1',
      request: () => (answered.push('SDK'), request),
      onDisconnect: () => () => {},
    });
    if (answer instanceof Response) return { status: answer.status, headers: [], body: await answerIn(answer) };
    const type = { 'content-type': answer.headers[1] ?? '' };
    return { ...answer, status: answer.status, body: await answerIn(new Response(answer.body, { headers: type })) };
  }

  const modernHeaders = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'echo' };
  const withProgress = { progressToken: 1 };
  test.each([
    ['a plain call of the 2026 revision', { ...call, _meta: envelope }, modernHeaders],
    ['a call of the 2026 revision with progress', { ...call, _meta: { ...envelope, ...withProgress } }, modernHeaders],
    ['a plain call of the 2025 era', call, { 'mcp-protocol-version': '2025-11-25' }],
    [
      'a call of the 2025 era with progress',
      { ...call, _meta: withProgress },
      { 'mcp-protocol-version': '2025-11-25' },
    ],
    ['a call in a session', call, { 'mcp-protocol-version': '2025-11-25', 'mcp-session-id': 'any' }],
  ])('answers %s with 429 and when to come back, before anything is made for it', async (_, params, headers) => {
    const answer = await posted(params, headers);
    expect(answer.status).toBe(429);
    expect(answer.headers.join(' ')).toContain('retry-after 1');
    expect(answer.body).toEqual({
      jsonrpc: '2.0',
      id: 7,
      error: {
        code: -32_000,
        message:
          'resource_exhausted: The server is full: it runs at most 1 call at a time. Call again in about 1 s, with fewer calls at the same time.',
        data: { type: 'resource_exhausted', retryAfterMs: 1000, correlationId: expect.any(String) },
      },
    });
    expect(answered).toEqual([]);
    expect(full).toMatchObject({ shed: 1, inFlight: 1 });
  });

  test('still answers everything but calls, and says what is wrong with a call that is none', async () => {
    expect((await send({ method: 'ping', id: 3 }, { 'mcp-protocol-version': '2025-11-25' })).status).toBe(200);
    const nameless = await posted({ arguments: {} }, { 'mcp-protocol-version': '2025-11-25' });
    expect(nameless.body).toMatchObject({ error: { code: -32_602 } });
  });

  test('tells a client without HTTP in the words of a tool whose queue is full', async () => {
    const { result } = await answerIn(await modern('tools/call', call));
    expect(result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringMatching(/^resource_exhausted: .* Call again in about 1 s/u) }],
      _meta: { 'mcp-server/error': { type: 'resource_exhausted', retryAfterMs: 1000 } },
    });
  });

  test('takes calls again as soon as one has ended', async () => {
    full.leave('another');
    expect((await posted(call, { 'mcp-protocol-version': '2025-11-25' })).status).not.toBe(429);
    full.tryEnter('another');
  });
});

describe('a request that the SDK answers', () => {
  test('counts until its answer is read, so that a server that stops does not end its stream before', async () => {
    const response = await send(
      { method: 'tools/call', id: 8, params: call },
      { 'mcp-protocol-version': '2025-11-25' },
    );
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(endpoint.answering).toBe(1);
    expect(await answerIn(response)).toMatchObject({ id: 8, result: { content: [{ text: 'hi' }] } });
    expect(endpoint.answering).toBe(0);
  });

  test('counts no longer when its client has gone', async () => {
    const response = await send(
      { method: 'tools/call', id: 9, params: call },
      { 'mcp-protocol-version': '2025-11-25' },
    );
    await response.body?.cancel();
    expect(endpoint.answering).toBe(0);
  });
});

describe('errors of the SDK over HTTP are in our words', () => {
  const version = (value: string): Record<string, string> => ({ 'mcp-protocol-version': value });
  const ping = { method: 'ping', id: 1 };
  test.each([
    [
      'initialize, version not supported',
      initialize,
      version('2099-01-01'),
      'The protocol version "2099-01-01" is not',
    ],
    ['initialize, 2026 revision', initialize, version('2026-07-28'), 'Send initialize without this header'],
    ['ping, version not supported', ping, version('nope'), 'The protocol version "nope" is not supported.'],
    ['ping, 2026 revision', ping, version('2026-07-28'), 'params._meta is missing.'],
  ])('%s', async (_, message, headers, words) => {
    const response = await send(message, headers);
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(JSON.parse(text).error.message).toContain(words);
    expect(text).not.toMatch(/Bad Request|legacy handshake|envelope names/);
  });

  test.each([
    ['no header', { 'mcp-method': '' }, 'The header Mcp-Method is "", which is not'],
    ['another name', { 'mcp-name': 'other' }, 'The header Mcp-Name is "other", which is not the value'],
    ['another version', version('2025-06-18'), 'The header MCP-Protocol-Version is "2025-06-18", which is not'],
  ])('a call with %s', async (_, headers, words) => {
    const response = await modern('tools/call', call, headers);
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: { message: string; data: unknown } };
    expect(error.message).toContain(words);
    expect(JSON.stringify(error)).not.toMatch(/Bad Request|the body/);
  });
});
