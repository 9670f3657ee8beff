/** A call in a session that has to wait, and that the fast path answers all the same. */
import { setImmediate as iteration } from 'node:timers/promises';
import { defineTool, type ToolDefinition } from '@mcp/tool-base';
import { fromJsonSchema } from '@modelcontextprotocol/server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { Principal } from '../../access/principal.ts';
import { TestCredentials } from '../../access/test-support/test-credentials.ts';
import type { FastAnswer } from './fast-path/fast-path-answer.ts';
import { STREAM_AFTER_MS } from './fast-path/http-fast-path.ts';
import { McpHttpEndpoint } from './http-endpoint.ts';
import { ChangeNotifier } from './sdk/connection/change-notifier.ts';
import { initialize, post, type Message } from './test-support/messages.ts';
import { testDependencies } from './test-support/test-dependencies.ts';

const ann: Principal = { name: 'ann', scopes: ['tools:call'] };
const call: Message = { method: 'tools/call', id: 7, params: { name: 'wait', arguments: {} } };

let endpoint: McpHttpEndpoint;
let headers: Record<string, string>;
let answer: (text: string) => void;
let isAborted: boolean;
let disconnect: () => void;
let timeIsUp: () => void;

beforeEach(async () => {
  holdTimer();
  isAborted = false;
  const wait: ToolDefinition = defineTool({
    name: 'wait',
    description: 'Waits until it is answered or ended',
    input: fromJsonSchema({ type: 'object' }),
    run: (_, { signal }) =>
      new Promise<string>((resolve) => {
        answer = resolve;
        signal.addEventListener('abort', () => {
          isAborted = true;
          resolve('ended');
        });
      }),
  });
  endpoint = new McpHttpEndpoint({
    ...testDependencies([wait]),
    notifier: new ChangeNotifier(),
    callers: new TestCredentials(),
    onError: () => {},
  });
  const { request, body } = post(initialize);
  const opened = await endpoint.handle(request, body, ann);
  await opened.text();
  headers = { 'mcp-protocol-version': '2025-11-25', 'mcp-session-id': opened.headers.get('mcp-session-id') ?? '' };
});

afterEach(async () => {
  vi.restoreAllMocks();
  await endpoint.close();
});

/** The time after which a call gets a stream of its own passes when the test says so. */
function holdTimer(): void {
  const real = setTimeout;
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((fn: () => void, ms: number, ...rest: []) => {
    if (ms !== STREAM_AFTER_MS) return real(fn, ms, ...rest);
    timeIsUp = fn;
    return real(() => {}, 1e6).unref();
  }) as never);
}

/** As one POST. The event loop has turned when this resolves, so the call waits. */
async function sent(message: Message): Promise<{ readonly response: Promise<FastAnswer | Response> }> {
  const { request, body } = post(message, headers);
  const response = Promise.resolve(
    endpoint.post({
      headers: Object.fromEntries(request.headers),
      body: body as Record<string, unknown>,
      principal: ann,
      address: '127.0.0.1',
      request: () => request,
      onDisconnect: (listener) => {
        disconnect = listener;
        return () => {};
      },
    }),
  );
  await iteration();
  await iteration();
  return { response };
}

async function textOf(response: FastAnswer | Response): Promise<string> {
  return response instanceof Response ? response.text() : response.body;
}

test('is answered without the SDK when it is done', async () => {
  const { response } = await sent(call);
  answer('done');
  const given = await response;
  expect(given).not.toBeInstanceOf(Response);
  expect(await textOf(given)).toMatch(/"text":"done".*"id":7/);
});

test('ends without an answer when its client cancels it', async () => {
  const { response } = await sent(call);
  await sent({ method: 'notifications/cancelled', params: { requestId: 7 } });
  expect(await textOf(await response)).toBe('');
  expect(isAborted).toBe(true);
});

test('goes on when its client cancels another', async () => {
  const { response } = await sent(call);
  await (
    await sent({ method: 'notifications/cancelled', params: { requestId: 8 } })
  ).response;
  expect(isAborted).toBe(false);
  answer('done');
  expect(await textOf(await response)).toContain('done');
});

test('ends with its session', async () => {
  const { response } = await sent(call);
  const end = new Request('http://127.0.0.1/mcp', { method: 'DELETE', headers });
  expect((await endpoint.handle(end, undefined, ann)).status).toBe(200);
  expect(await textOf(await response)).toBe('');
  expect(isAborted).toBe(true);
});

test('ends when its client disconnects', async () => {
  await sent(call);
  disconnect();
  expect(isAborted).toBe(true);
});

test('keeps its id for itself, also against requests that the SDK answers', async () => {
  const { response } = await sent(call);
  const second = await (await sent(call)).response;
  expect([(second as Response).status, await textOf(second)]).toMatchObject([
    400,
    expect.stringContaining('still being answered'),
  ]);
  answer('done');
  expect(await textOf(await response)).toContain('done');
  const ping = await (await sent({ method: 'ping', id: 7 })).response;
  expect(await textOf(ping)).toContain('"result":{}');
});

test('gets a stream when it takes long, and is answered there', async () => {
  const { response } = await sent(call);
  timeIsUp();
  const given = await response;
  expect((given as Response).headers.get('content-type')).toBe('text/event-stream');
  answer('done');
  expect(await textOf(given)).toContain('done');
});
