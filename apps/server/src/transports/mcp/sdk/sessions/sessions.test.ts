import { randomBytes } from 'node:crypto';

import { defineTool, type ToolDefinition } from '@mcp/tool-base';
import { fromJsonSchema, type InitializeRequest } from '@modelcontextprotocol/server';
import { afterEach, describe, expect, test } from 'vitest';

import { MemorySessions } from '../../../../cluster/primary/memory-sessions.ts';
import type { SessionEngine, SessionListener } from '../../../../cluster/session-engine.ts';
import { SharedSessions } from '../../../../cluster/shared/shared-sessions.ts';
import type { Principal } from '../../../../access/principal.ts';
import { ManualClock } from '../../../../foundation/test-support/manual-clock.ts';
import { TestCredentials } from '../../../../access/test-support/test-credentials.ts';
import { StreamQuota } from '../../protocol/stream-quota.ts';
import { ChangeNotifier } from '../connection/change-notifier.ts';
import { createSharedDependencies } from '../connection/protocol-server-dependencies.ts';
import { Sessions, type SessionLimits } from './sessions.ts';
import { answerIn, initialize, post, type Message } from '../../test-support/messages.ts';
import { waiting } from '../../test-support/edge-case-tools.ts';
import { testDependencies, type TestDependencies } from '../../test-support/test-dependencies.ts';

const ann: Principal = { name: 'ann', scopes: ['tools:call'] };
const bob: Principal = { name: 'bob', scopes: ['tools:call'] };
const MINUTE = 60_000;

const secret = randomBytes(32);

let clock: ManualClock;
let quota: StreamQuota;
let limits: SessionLimits;
let sessions: Sessions;
let dependencies: TestDependencies;
let callers: TestCredentials;
let notifier: ChangeNotifier;
afterEach(() => sessions.close());

function start(given: SessionLimits = { max: 3, idleMs: 10 * MINUTE }, tools?: readonly ToolDefinition[]): void {
  clock = new ManualClock();
  quota = new StreamQuota();
  limits = given;
  dependencies = testDependencies(tools);
  callers = new TestCredentials();
  notifier = new ChangeNotifier();
  sessions = create(secret);
  dependencies.registry.on('changed', () => notifier.toolsChanged());
}

function create(sessionSecret: Uint8Array, shared?: SharedSessions): Sessions {
  return new Sessions({
    ...createSharedDependencies(dependencies, [sessionSecret]),
    notifier,
    callers,
    limits,
    clock,
    quota,
    secrets: [sessionSecret],
    ...(shared && { shared }),
  });
}

/** A new process with the same secret. */
async function restart(newSecret: Uint8Array = secret): Promise<void> {
  await sessions.close();
  sessions = create(newSecret);
}

async function open(principal: Principal, params = initialize.params): Promise<string> {
  const { request, body } = post({ ...initialize, ...(params && { params }) });
  const response = await sessions.open(request, body as InitializeRequest, principal);
  await response.text();
  return response.headers.get('mcp-session-id') ?? `refused with ${response.status}`;
}

function send(id: string, message: Message, principal: Principal): Promise<Response> {
  const { request, body } = post(message, { 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' });
  return sessions.handle(id, request, body, principal, {});
}

function listen(id: string, principal: Principal): Promise<Response> {
  const headers = { accept: 'text/event-stream', 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' };
  const request = new Request('http://127.0.0.1/mcp', { headers });
  return sessions.handle(id, request, undefined, principal, {});
}

/** The engine of a test's cluster, in memory. */
class TestCluster {
  isDown = false;
  /** What clients have set is read when it resolves. */
  fieldsRead: Promise<void> | undefined;
  readonly #listeners: SessionListener[] = [];
  readonly #servers: SharedSessions[] = [];
  readonly #engine: MemorySessions;

  constructor() {
    this.#engine = new MemorySessions(clock, () => this.#listeners);
  }

  fail(): void {
    this.isDown = true;
    for (const server of this.#servers) server.engineDown();
  }

  recover(): void {
    this.isDown = false;
    for (const server of this.#servers) server.catchUp();
  }

  /** What one server of the cluster shares. */
  server(): SharedSessions {
    const address = `server${this.#listeners.length + 1}`;
    const real = this.#engine.of(address);
    const unlessDown = <T>(act: () => Promise<T>): Promise<T> =>
      this.isDown ? Promise.reject(new Error('down')) : act();
    const engine: SessionEngine = {
      ...real,
      isEnded: (key) => unlessDown(() => real.isEnded(key)),
      fields: async (key) => {
        await this.fieldsRead;
        return unlessDown(() => real.fields(key));
      },
      set: (...args) => unlessDown(() => real.set(...args)),
      send: (...args) => unlessDown(() => real.send(...args)),
      end: (key) => unlessDown(() => real.end(key)),
    };
    const shared = new SharedSessions(engine, clock);
    this.#servers.push(shared);
    this.#listeners.push(shared.receiver);
    this.#engine.receive(address, shared.receiver);
    return shared;
  }
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
    expect(one).toMatch(/^[\w-]{100,}$/u);
    expect(other).not.toBe(one);
  });

  test('ends with DELETE', async () => {
    start();
    const id = await open(ann);
    const request = new Request('http://127.0.0.1/mcp', {
      method: 'DELETE',
      headers: { 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' },
    });
    expect((await sessions.handle(id, request, undefined, ann, {})).status).toBe(200);
    expect(sessions.size).toBe(0);
    expect((await send(id, ping, ann)).status).toBe(404);
  });

  test('leaves memory when it was idle for too long, not before, and comes back with its next request', async () => {
    start();
    const idle = await open(ann);
    clock.advance(5 * MINUTE);
    const used = await open(ann);
    clock.advance(5 * MINUTE);
    expect([sessions.has(idle, ann), sessions.has(used, ann)]).toEqual([false, true]);
    expect((await send(used, ping, ann)).status).toBe(200);
    expect(await answerIn(await send(idle, ping, ann))).toMatchObject({ id: 1, result: {} });
    expect(sessions.has(idle, ann)).toBe(true);
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
    clock.advance(60 * MINUTE);
    sessions.sweep();
    expect(sessions.size).toBe(0);
  });

  test('is not idle while its stream is open, and hears of changes there', async () => {
    start();
    const id = await open(ann);
    const stream = await listen(id, ann);
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    clock.advance(60 * MINUTE);
    sessions.sweep();
    expect(sessions.size).toBe(1);
    dependencies.registry.disable('echo');
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toContain('notifications/tools/list_changed');
    await reader.cancel();
    clock.advance(10 * MINUTE);
    sessions.sweep();
    expect(sessions.size).toBe(0);
  });
});

test('a new stream takes the place of the one before, which its client may have lost', async () => {
  start();
  const id = await open(ann);
  const lost = await listen(id, ann);
  const stream = await listen(id, ann);
  expect([lost.status, stream.status]).toEqual([200, 200]);
  await lost.text();
  const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
  dependencies.registry.disable('echo');
  expect(Buffer.from((await reader.read()).value ?? []).toString()).toContain('notifications/tools/list_changed');
  await reader.cancel();
});

describe('after a restart', () => {
  test('a session is opened again with what its client declared, under the same id', async () => {
    start();
    const declared = { elicitation: { form: {} }, roots: { listChanged: true } };
    const id = await open(ann, { ...initialize.params, capabilities: declared });
    await restart();
    const response = await send(id, ping, ann);
    expect(response.headers.get('mcp-session-id')).toBe(id);
    expect(await answerIn(response)).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
    expect(sessions.use(id, ann, 2)?.capabilities).toEqual(declared);
  });

  test('its stream can be opened again, and is notified of changes', async () => {
    start();
    const id = await open(ann);
    await restart();
    const stream = await listen(id, ann);
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    dependencies.registry.disable('echo');
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toContain('notifications/tools/list_changed');
    await reader.cancel();
  });

  test('requests that come at once open one session', async () => {
    start();
    const id = await open(ann);
    await restart();
    const ids = [1, 2, 3, 4];
    const answers = await Promise.all(ids.map((request) => send(id, { method: 'ping', id: request }, ann)));
    expect(await Promise.all(answers.map(answerIn))).toMatchObject(ids.map((request) => ({ id: request, result: {} })));
    expect(sessions.size).toBe(1);
  });

  test('it does not exist for another caller', async () => {
    start();
    const id = await open(ann);
    await restart();
    expect((await send(id, ping, bob)).status).toBe(404);
    expect(sessions.size).toBe(0);
  });

  test('it does not exist after a day, nor for a server with another secret', async () => {
    start();
    const id = await open(ann);
    await restart();
    clock.stepEpoch(24 * 60 * MINUTE);
    expect((await send(id, ping, ann)).status).toBe(404);
    clock.stepEpoch(-24 * 60 * MINUTE);
    await restart(randomBytes(32));
    expect((await send(id, ping, ann)).status).toBe(404);
  });

  test('one that its client ended stays ended in the process that ended it', async () => {
    start();
    const id = await open(ann);
    await restart();
    const headers = { 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' };
    const end = new Request('http://127.0.0.1/mcp', { method: 'DELETE', headers });
    expect((await sessions.handle(id, end, undefined, ann, {})).status).toBe(200);
    expect((await send(id, ping, ann)).status).toBe(404);
  });
});

describe('a request id that is in use in its session', () => {
  const call: Message = { method: 'tools/call', id: 7, params: { name: 'waits', arguments: {} } };

  test('is rejected, and free again when the first request has ended', async () => {
    start(undefined, [waiting]);
    const id = await open(ann);
    const first = await send(id, call, ann);
    const second = await send(id, call, ann);
    expect([second.status, await answerIn(second)]).toMatchObject([400, { id: 7, error: { code: -32_600 } }]);
    expect(sessions.use(id, ann, 7)).toBeUndefined();
    await first.body?.cancel();
    expect(await answerIn(await send(id, { ...ping, id: 7 }, ann))).toMatchObject({ id: 7, result: {} });
  });

  test('may be in use in another session', async () => {
    start(undefined, [waiting]);
    const [one, other] = [await open(ann), await open(ann)];
    const answers = [await send(one, call, ann), await send(other, call, ann)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    for (const { body } of answers) await body?.cancel();
  });
});

describe('calls that wait for input from their client', () => {
  const asks = defineTool({
    name: 'asks',
    description: 'Asks its user',
    input: fromJsonSchema<object>({ type: 'object' }),
    run: async (_, { askUser }) =>
      (await askUser({ message: 'Well?', form: { type: 'object', properties: {} } })).action,
  });
  const call = (id: number): Message => ({ method: 'tools/call', id, params: { name: 'asks', arguments: {} } });

  test('hold at most as many connections as streams may, until they end', async () => {
    start(undefined, [asks]);
    quota = new StreamQuota({ maxPerCaller: 2 });
    await restart();
    const id = await open(ann, { ...initialize.params, capabilities: { elicitation: {} } });
    const held = [await send(id, call(1), ann), await send(id, call(2), ann)];
    expect(await answerIn(await send(id, call(3), ann))).toMatchObject({ id: 3, error: { code: -32_000 } });
    await held[0]?.body?.cancel();
    const next = await send(id, call(4), ann);
    const reader = (next.body as ReadableStream<Uint8Array>).getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toContain('elicitation/create');
    await Promise.all([reader.cancel(), held[1]?.body?.cancel()]);
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

  test('end its sessions and their streams at once when they are revoked, and no others', async () => {
    start();
    const [anns, bobs] = [await open(ann), await open(bob)];
    const stream = await listen(anns, ann);
    callers.revoke(ann);
    expect(await stream.text()).toBe('');
    expect((await send(anns, ping, ann)).status).toBe(404);
    expect((await send(bobs, ping, bob)).status).toBe(200);
    expect(sessions.size).toBe(1);
  });

  test('do not end its session when its token expires, since it comes back with another', async () => {
    start();
    const [old, renewed]: Principal[] = [{ ...ann }, { ...ann }];
    const id = await open(old as Principal);
    callers.expiries.set(old as Principal, clock.epochMs());
    callers.revoke(old as Principal);
    expect((await send(id, ping, renewed as Principal)).status).toBe(200);
    callers.revoke(bob);
    expect(sessions.has(id, ann)).toBe(true);
  });

  test('open no session when they are revoked while it opens', async () => {
    start();
    const opening = open(ann);
    callers.revoke(ann);
    await opening;
    expect(sessions.size).toBe(0);
  });
});

describe('when all sessions are taken', () => {
  test('the one that was idle longest is evicted', async () => {
    start();
    const [first, second] = [await open(ann), await open(ann)];
    await open(ann);
    clock.advance(1);
    await (await send(first, ping, ann)).text();
    await open(ann);
    expect(sessions.size).toBe(3);
    expect([sessions.has(first, ann), sessions.has(second, ann)]).toEqual([true, false]);
  });

  test('a caller loses its own before it takes that of another', async () => {
    start();
    const anns = await open(ann);
    const bobs = await open(bob);
    await open(bob);
    await open(bob);
    expect([sessions.has(anns, ann), sessions.has(bobs, bob)]).toEqual([true, false]);
  });

  test('a caller that opens more does not lose its own to the caller that has the most', async () => {
    start({ max: 6, idleMs: MINUTE });
    const anns = [await open(ann), await open(ann)];
    for (let session = 0; session < 4; session++) await open(bob);
    anns.push(await open(ann));
    expect(anns.map((id) => sessions.has(id, ann))).toEqual([true, true, true]);
    expect(sessions.size).toBe(6);
  });

  test('a new one is rejected while each of them is in use', async () => {
    start({ max: 1, idleMs: MINUTE });
    const stream = await listen(await open(ann), ann);
    expect(await open(bob)).toBe('refused with 503');
    await stream.body?.cancel();
    expect(await open(bob)).toMatch(/^[\w-]{100,}$/u);
  });

  test('those that are just being opened count', async () => {
    start({ max: 2, idleMs: MINUTE });
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
  const levelsIn = (text: string): string[] =>
    [...text.matchAll(/"level":"(?<level>\w+)"/gu)].map(({ groups }) => groups!['level']!);
  const setLevel = (level: unknown): Message => ({ method: 'logging/setLevel', id: 2, params: { level } });

  test('is the one the client set, for what tools log from then on', async () => {
    start(undefined, [talkative]);
    const id = await open(ann);
    expect(levelsIn(await (await send(id, call, ann)).text())).toEqual(['debug', 'info', 'warning', 'error']);
    expect(await answerIn(await send(id, setLevel('warning'), ann))).toMatchObject({ id: 2, result: {} });
    expect(levelsIn(await (await send(id, call, ann)).text())).toEqual(['warning', 'error']);
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
      expect(levelsIn(await (await send(id, call, ann)).text())).toEqual(['error']);
    },
  );
});

describe('a session in a cluster', () => {
  const asking = defineTool({
    name: 'ask',
    description: 'Asks for a colour',
    input: fromJsonSchema({ type: 'object', additionalProperties: false }),
    async run(_, { askUser }) {
      const form = { type: 'object', properties: { colour: { type: 'string' } } } as const;
      const { action, values } = (await askUser({ message: 'Which colour?', form })) as {
        action: string;
        values?: { colour?: string };
      };
      return `${action} ${values?.colour}`;
    },
  });
  const talk = defineTool({
    name: 'talk',
    description: 'Logs at two levels',
    input: fromJsonSchema({ type: 'object', additionalProperties: false }),
    run(_, { log }) {
      log.info('quiet');
      log.error('loud');
      return 'done';
    },
  });
  let cluster: TestCluster;
  let other: Sessions;

  /** Two servers. */
  function startCluster(tools?: readonly ToolDefinition[]): void {
    start(undefined, tools);
    cluster = new TestCluster();
    sessions = create(secret, cluster.server());
    other = create(secret, cluster.server());
  }

  async function openAsking(): Promise<string> {
    return open(ann, { ...initialize.params, capabilities: { elicitation: {} } });
  }

  function sendTo(server: Sessions, id: string, message: object, principal = ann): Promise<Response> {
    const { request, body } = post(message as Message, {
      'mcp-session-id': id,
      'mcp-protocol-version': '2025-11-25',
    });
    return server.handle(id, request, body, principal, {});
  }

  function endOn(server: Sessions, id: string): Promise<Response> {
    const end = new Request('http://127.0.0.1/mcp', { method: 'DELETE', headers: { 'mcp-session-id': id } });
    return server.handle(id, end, undefined, ann, {});
  }

  afterEach(() => other.close());

  test('that was ended on one server is opened by no other, and closed where it is open', async () => {
    startCluster();
    const id = await open(ann);
    expect((await sendTo(other, id, ping)).status).toBe(200);
    expect((await endOn(sessions, id)).status).toBe(200);
    expect(other.size).toBe(0);
    expect((await sendTo(other, id, ping)).status).toBe(404);
    const third = create(secret, cluster.server());
    expect((await sendTo(third, id, ping)).status).toBe(404);
    await third.close();
  });

  test('that is not in memory is answered 503 while nobody knows whether it was ended', async () => {
    startCluster();
    const id = await open(ann);
    clock.advance(MINUTE);
    cluster.fail();
    const response = await sendTo(other, id, ping);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    cluster.recover();
    expect((await sendTo(other, id, ping)).status).toBe(200);
  });

  test.each([
    ['just before the engine failed', () => {}, () => [clock.advance(5000), cluster.fail()]],
    ['while the engine is down', () => cluster.fail(), () => clock.advance(MINUTE)],
  ])('that was opened on another server %s goes on', async (_, before, after) => {
    startCluster();
    before();
    const id = await open(ann);
    after();
    clock.advance(MINUTE);
    let number = 1;
    const pinged = async (): Promise<number> => (await sendTo(other, id, { ...ping, id: ++number })).status;
    expect(await pinged()).toBe(200);
    // Ended on one server meanwhile; the other is notified as soon as that is possible.
    expect((await endOn(sessions, id)).status).toBe(200);
    expect(await pinged()).toBe(200);
    cluster.recover();
    await expect.poll(pinged).toBe(404);
  });

  test('gives the answer of its client to the server that asked, whichever server it is sent to', async () => {
    startCluster([asking]);
    const id = await openAsking();
    // Each server numbers its requests from 0; both ask at the same time.
    const calls = [
      { server: sessions, number: 11, to: other, colour: 'red' },
      { server: other, number: 12, to: sessions, colour: 'blue' },
    ];
    const running = [];
    for (const { server, number, to, colour } of calls) {
      const call = { method: 'tools/call', id: number, params: { name: 'ask', arguments: {} } };
      const stream = await streamOf(await sendTo(server, id, call));
      running.push({
        stream,
        asked: await stream.find(({ method }) => method === 'elicitation/create'),
        to,
        colour,
        number,
      });
    }
    expect(running[0]?.asked.id).not.toBe(running[1]?.asked.id);
    for (const { asked, to, colour } of running) {
      const result = { action: 'accept', content: { colour } };
      expect((await sendTo(to, id, { id: asked.id, result })).status).toBe(202);
    }
    for (const { stream, colour, number } of running) {
      const answer = await stream.find((message) => message.id === number);
      expect(answer.result).toMatchObject({ content: [{ text: `accept ${colour}` }] });
    }
  });

  test('takes an answer that nobody has asked for, and refuses one that it cannot pass on now', async () => {
    startCluster();
    const id = await open(ann);
    const answer = (requestId: string | number): object => ({ id: requestId, result: {} });
    for (const requestId of [0, 'made up', 'server1.00000000.0', 'nobody.00000000.0']) {
      expect((await sendTo(sessions, id, answer(requestId))).status).toBe(202);
    }
    cluster.isDown = true;
    const refused = await sendTo(sessions, id, answer('server2.00000000.0'));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect((await sendTo(sessions, id, answer('server2.00000000.0'), bob)).status).toBe(404);
  });

  test('has the level and the subscriptions that its client has set on another server, before and after it is opened there', async () => {
    startCluster([talk]);
    const id = await open(ann);
    const call = { method: 'tools/call', id: 5, params: { name: 'talk', arguments: {} } };
    const spoken = async (server: Sessions): Promise<string[]> =>
      [...(await (await sendTo(server, id, call)).text()).matchAll(/quiet|loud/gu)].map(([word]) => word);
    await (await sendTo(sessions, id, { method: 'logging/setLevel', id: 2, params: { level: 'error' } })).text();
    expect(await spoken(other)).toEqual(['loud']);
    await (await sendTo(other, id, { method: 'logging/setLevel', id: 3, params: { level: 'debug' } })).text();
    expect(await spoken(sessions)).toEqual(['quiet', 'loud']);
    const uri = 'test://note';
    const stream = await streamOf(await listenTo(other, id));
    const updated = (): Promise<unknown> => stream.find(({ method }) => method === 'notifications/resources/updated');
    await (await sendTo(sessions, id, { method: 'resources/subscribe', id: 4, params: { uri } })).text();
    notifier.resourceUpdated(uri);
    expect(await updated()).toMatchObject({ params: { uri } });
    await (await sendTo(sessions, id, { method: 'resources/unsubscribe', id: 6, params: { uri } })).text();
    notifier.resourceUpdated(uri);
    notifier.toolsChanged();
    expect(await stream.find(() => true)).toMatchObject({ method: 'notifications/tools/list_changed' });
  });

  test('is used by no request before it has what its client has set', async () => {
    startCluster([talk]);
    const id = await open(ann);
    await (await sendTo(sessions, id, { method: 'logging/setLevel', id: 2, params: { level: 'error' } })).text();
    const reading = Promise.withResolvers<void>();
    cluster.fieldsRead = reading.promise;
    const send = (number: number): Promise<Response> =>
      sendTo(other, id, { method: 'tools/call', id: number, params: { name: 'talk', arguments: {} } });
    const first = send(5);
    await expect.poll(() => other.size).toBe(1);
    const second = send(6);
    expect(other.use(id, ann, 7)).toBeUndefined();
    reading.resolve();
    for (const response of [await first, await second]) expect(await response.text()).not.toContain('quiet');
    expect(other.use(id, ann, 7)).toBeDefined();
  });

  test('has a call cancelled by a cancellation that reaches another server', async () => {
    startCluster([waiting]);
    const id = await open(ann);
    const call = { method: 'tools/call', id: 'long', params: { name: waiting.name, arguments: {} } };
    const stream = await streamOf(await sendTo(sessions, id, call));
    const cancel = { method: 'notifications/cancelled', params: { requestId: 'long' } };
    expect((await sendTo(other, id, cancel)).status).toBe(202);
    expect(await stream.rest()).not.toContain('result');
    await expect
      .poll(async () => (await dependencies.audit.query({ limit: 1 })).entries[0])
      .toMatchObject({
        outcome: 'cancelled',
      });
  });
});

function listenTo(server: Sessions, id: string): Promise<Response> {
  const headers = { accept: 'text/event-stream', 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' };
  return server.handle(id, new Request('http://127.0.0.1/mcp', { headers }), undefined, ann, {});
}

interface Frame {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: object;
  readonly result?: object;
}

/** The messages of an event stream, one after the other. */
async function streamOf(response: Response): Promise<{
  find(wanted: (message: Frame) => boolean): Promise<Frame>;
  rest(): Promise<string>;
}> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<Frame> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end !== -1) {
        const frame = text.slice(0, end);
        text = text.slice(end + 2);
        const data = /^data: (?<json>\{.*)$/mu.exec(frame)?.groups?.['json'];
        if (data !== undefined) return JSON.parse(data) as Frame;
        continue;
      }
      const { value, done } = await reader.read();
      if (done) throw new Error('the stream has ended');
      text += value;
    }
  };
  return {
    async find(wanted) {
      for (;;) {
        const message = await next();
        if (wanted(message)) return message;
      }
    },
    async rest() {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return text;
        text += value;
      }
    },
  };
}
