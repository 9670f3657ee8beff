import { defineTool, type ToolDefinition } from '@mcp/tool-base';
import { fromJsonSchema, type AuthInfo } from '@modelcontextprotocol/server';
import { afterEach, describe, expect, test } from 'vitest';

import type { Principal } from '../../../access/principal.ts';
import { TestCredentials } from '../../../access/test-support/test-credentials.ts';
import { ChangeNotifier } from './change-notifier.ts';
import { createSharedDependencies } from './protocol-server-dependencies.ts';
import { Sessions, type SessionLimits } from './sessions.ts';
import { answerIn, initialize, post, type Message } from '../test-support/messages.ts';
import { waiting } from '../test-support/edge-case-tools.ts';
import { testDependencies, type TestDependencies } from '../test-support/test-dependencies.ts';

const ann: Principal = { name: 'ann', scopes: ['tools:call'] };
const bob: Principal = { name: 'bob', scopes: ['tools:call'] };
const minute = 60_000;

let clock = 0;
let sessions: Sessions;
let dependencies: TestDependencies;
let callers: TestCredentials;
afterEach(() => sessions.close());

function start(limits: SessionLimits = { max: 3, idleMs: 10 * minute }, tools?: readonly ToolDefinition[]): void {
  clock = 0;
  dependencies = testDependencies(tools);
  callers = new TestCredentials();
  const notifier = new ChangeNotifier();
  sessions = new Sessions({
    ...createSharedDependencies(dependencies),
    notifier,
    callers,
    limits,
    onError: () => {},
    now: () => clock,
  });
  dependencies.registry.on('changed', () => notifier.toolsChanged());
}

function authOf(principal: Principal): AuthInfo {
  return { token: '', clientId: principal.name, scopes: [], extra: { principal } };
}

async function open(principal: Principal): Promise<string> {
  const { request, body } = post(initialize);
  const response = await sessions.open(request, body, principal, authOf(principal));
  await response.text();
  return response.headers.get('mcp-session-id') ?? `refused with ${response.status}`;
}

function send(id: string, message: Message, principal: Principal): Promise<Response> {
  const { request, body } = post(message, { 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' });
  return sessions.handle(id, request, body, principal, authOf(principal));
}

function listen(id: string, principal: Principal): Promise<Response> {
  const headers = { accept: 'text/event-stream', 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' };
  const request = new Request('http://127.0.0.1/mcp', { headers });
  return sessions.handle(id, request, undefined, principal, authOf(principal));
}

const ping: Message = { method: 'ping', id: 1 };

describe('a session', () => {
  test('answers the caller that opened it', async () => {
    start();
    const response = await send(await open(ann), ping, ann);
    expect(await answerIn(response)).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
  });

  test('does not exist for another caller', async () => {
    start();
    const id = await open(ann);
    expect((await send(id, ping, bob)).status).toBe(404);
    expect((await send(id, ping, ann)).status).toBe(200);
  });

  test('has an id that is never the same and says nothing', async () => {
    start();
    const [one, other] = [await open(ann), await open(ann)];
    expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/u);
    expect(other).not.toBe(one);
  });

  test('ends with DELETE', async () => {
    start();
    const id = await open(ann);
    const request = new Request('http://127.0.0.1/mcp', {
      method: 'DELETE',
      headers: { 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' },
    });
    expect((await sessions.handle(id, request, undefined, ann, authOf(ann))).status).toBe(200);
    expect(sessions.size).toBe(0);
    expect((await send(id, ping, ann)).status).toBe(404);
  });

  test('ends when it was idle for too long, and not before', async () => {
    start();
    const idle = await open(ann);
    clock = 5 * minute;
    const used = await open(ann);
    clock = 10 * minute;
    sessions.sweep();
    expect((await send(idle, ping, ann)).status).toBe(404);
    expect((await send(used, ping, ann)).status).toBe(200);
  });

  test('ends a call whose answer the client no longer waits for, and no other', async () => {
    const ended: string[] = [];
    const wait = defineTool({
      name: 'wait',
      description: 'Waits until it is ended',
      input: fromJsonSchema<{ who: string }>({ type: 'object', properties: { who: { type: 'string' } } }),
      run: ({ who }, { signal }) =>
        new Promise((done) => {
          signal.addEventListener('abort', () => {
            ended.push(who);
            done('ended');
          });
        }),
    });
    start(undefined, [wait]);
    const id = await open(ann);
    const callOf = (who: string, request: number): Message => ({
      method: 'tools/call',
      id: request,
      params: { name: 'wait', arguments: { who } },
    });
    const [left] = await Promise.all([send(id, callOf('left', 1), ann), send(id, callOf('stays', 2), ann)]);
    await left?.body?.cancel();
    await expect.poll(() => ended).toEqual(['left']);
  });

  test('closes the stream of a call that the client cancelled, and of no other', async () => {
    start(undefined, [waiting]);
    const id = await open(ann);
    const call = (request: number | string): Promise<Response> =>
      send(id, { method: 'tools/call', id: request, params: { name: 'waits', arguments: {} } }, ann);
    const cancel = (params: Record<string, unknown>): Promise<Response> =>
      send(id, { method: 'notifications/cancelled', params }, ann);
    const [given, kept] = [await call(1), await call(2)];
    let stays = true;
    void kept.text().then(() => (stays = false));
    // Neither names a call of this session in words that cancel it.
    for (const params of [{ requestId: '2' }, { requestId: {} }, { requestId: 2, reason: 5 }]) await cancel(params);
    expect((await cancel({ requestId: 1, reason: 'enough' })).status).toBe(202);
    expect(await given.text()).not.toContain('data:');
    expect(stays).toBe(true);
    await cancel({ requestId: 2 });
    await expect.poll(() => stays).toBe(false);
    clock = 60 * minute;
    sessions.sweep();
    expect(sessions.size).toBe(0);
  });

  test('is not idle while its stream is open, and hears of changes there', async () => {
    start();
    const id = await open(ann);
    const stream = await listen(id, ann);
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    clock = 60 * minute;
    sessions.sweep();
    expect(sessions.size).toBe(1);
    dependencies.registry.disable('echo');
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toContain('notifications/tools/list_changed');
    await reader.cancel();
    clock += 10 * minute;
    sessions.sweep();
    expect(sessions.size).toBe(0);
  });
});

describe('the scopes of a caller', () => {
  const narrowed: Principal = { name: 'ann', scopes: ['tools:call:other_*'] };
  const call: Message = { method: 'tools/call', id: 5, params: { name: 'echo', arguments: { text: 'hi' } } };

  test('are those of each request, not those of the one that opened the session', async () => {
    start();
    const id = await open(ann);
    const listed = await answerIn(await send(id, { method: 'tools/list', id: 4 }, narrowed));
    expect(listed).toMatchObject({ result: { tools: [] } });
    expect(await answerIn(await send(id, call, narrowed))).toMatchObject({
      result: { isError: true, content: [{ text: expect.stringMatching(/^forbidden/u) }] },
    });
    expect(await answerIn(await send(id, call, ann))).toMatchObject({ result: { content: [{ text: 'hi' }] } });
  });

  test('end its sessions and their streams at once when they are withdrawn, and no others', async () => {
    start();
    const [anns, bobs] = [await open(ann), await open(bob)];
    const stream = await listen(anns, ann);
    callers.revoke(ann);
    expect(await stream.text()).toBe('');
    expect((await send(anns, ping, ann)).status).toBe(404);
    expect((await send(bobs, ping, bob)).status).toBe(200);
    expect(sessions.size).toBe(1);
  });

  test('open no session when they are withdrawn while it opens', async () => {
    start();
    const opening = open(ann);
    callers.revoke(ann);
    await opening;
    expect(sessions.size).toBe(0);
  });
});

describe('when all sessions are taken', () => {
  test('the longest idle one makes room', async () => {
    start();
    const [first, second] = [await open(ann), await open(ann)];
    await open(ann);
    clock = 1;
    await (await send(first, ping, ann)).text();
    await open(ann);
    expect(sessions.size).toBe(3);
    expect((await send(first, ping, ann)).status).toBe(200);
    expect((await send(second, ping, ann)).status).toBe(404);
  });

  test('a caller loses its own before it takes that of another', async () => {
    start();
    const anns = await open(ann);
    const bobs = await open(bob);
    await open(bob);
    await open(bob);
    expect((await send(anns, ping, ann)).status).toBe(200);
    expect((await send(bobs, ping, bob)).status).toBe(404);
  });

  test('a newcomer is refused while each of them is in use', async () => {
    start({ max: 1, idleMs: minute });
    const stream = await listen(await open(ann), ann);
    expect(await open(bob)).toBe('refused with 503');
    await stream.body?.cancel();
    expect(await open(bob)).toMatch(/^[0-9a-f-]{36}$/u);
  });

  test('those that are just being opened count', async () => {
    start({ max: 2, idleMs: minute });
    const opened = await Promise.all([open(ann), open(ann), open(ann)]);
    expect(opened.filter((id) => id.startsWith('refused'))).toHaveLength(1);
  });
});

describe('the level of log messages', () => {
  const talkative = defineTool({
    name: 'talkative',
    description: 'Logs at every level',
    input: fromJsonSchema<object>({ type: 'object' }),
    run: (_, { log }) => {
      for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level](level);
      return 'done';
    },
  });
  const call: Message = { method: 'tools/call', id: 3, params: { name: 'talkative', arguments: {} } };
  const toldIn = (text: string): string[] =>
    [...text.matchAll(/"level":"(?<level>\w+)"/gu)].map(({ groups }) => groups!['level']!);
  const setLevel = (level: unknown): Message => ({ method: 'logging/setLevel', id: 2, params: { level } });

  test('is the one the client set, for what tools log from then on', async () => {
    start(undefined, [talkative]);
    const id = await open(ann);
    expect(toldIn(await (await send(id, call, ann)).text())).toEqual(['debug', 'info', 'warning', 'error']);
    expect(await answerIn(await send(id, setLevel('warning'), ann))).toMatchObject({ id: 2, result: {} });
    expect(toldIn(await (await send(id, call, ann)).text())).toEqual(['warning', 'error']);
  });

  test.each(['verbose', '', 7, null, undefined, ['debug'], 'toString'])(
    'is refused as a wrong parameter when it is %j, with those there are, and stays as it was',
    async (level) => {
      start(undefined, [talkative]);
      const id = await open(ann);
      await (await send(id, setLevel('error'), ann)).text();
      expect(await answerIn(await send(id, setLevel(level), ann))).toEqual({
        jsonrpc: '2.0',
        id: 2,
        error: {
          code: -32_602,
          message:
            'The level must be one of debug, info, notice, warning, error, critical, alert, emergency. Send the lowest level to receive; the current level has not changed.',
        },
      });
      expect(toldIn(await (await send(id, call, ann)).text())).toEqual(['error']);
    },
  );
});
