/** A call past the SDK's client ends as the same call through it would, whatever the upstream answers. */
import type { ServerResponse } from 'node:http';
import type { Transport } from '@modelcontextprotocol/client';
import type { Conversation, Launcher, ProgramExit } from '@mcp/tool-base';
import { describe, expect, onTestFinished, test } from 'vitest';

import { callFailure } from '../call/call-failure.ts';
import { systemClock } from '../clock.ts';
import { HttpTransport } from '../http/http-transport.ts';
import { StdioTransport } from '../stdio/stdio-transport.ts';
import { scriptedServer } from '../test-support/scripted-server.ts';
import type { CallTransport } from './call-lane.ts';
import { Connection, type ProtocolEra } from './connection.ts';
import type { Members } from './take-apart.ts';

type Script = (id: unknown, token: unknown) => readonly unknown[];
interface Sent {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: { readonly requestId?: unknown; readonly _meta?: Readonly<Record<string, unknown>> };
}

const done = { content: [{ type: 'text', text: 'done' }], structuredContent: { a: 1 }, _meta: { own: 1 } };
const message = (members: object): object => ({ jsonrpc: '2.0', ...members });
const DISCOVERED = {
  resultType: 'complete',
  supportedVersions: ['2026-07-28'],
  capabilities: { tools: {} },
  ttlMs: 0,
  cacheScope: 'private',
};
const INITIALIZED = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'x', version: '1' },
};

/** What an upstream may send for a call. */
const SCRIPTS: readonly (readonly [string, Script])[] = [
  ['a result', (id) => [message({ id, result: done })]],
  ['a result under its id as text', (id) => [message({ id: String(id), result: done })]],
  ['an error of the tool', (id) => [message({ id, result: { ...done, isError: true } })]],
  ['content that is not MCP', (id) => [message({ id, result: { content: [{ type: 'x' }, null, 5], extra: [1] } })]],
  ['an empty result', (id) => [message({ id, result: {} })]],
  ['a result of an unknown kind', (id) => [message({ id, result: { ...done, resultType: 'banana' } })]],
  ['a number', (id) => [message({ id, result: 5 })]],
  ['null', (id) => [message({ id, result: null })]],
  ['a list', (id) => [message({ id, result: [done] })]],
  ['an error', (id) => [message({ id, error: { code: -32_000, message: 'no\u200b', data: { a: 1 } } })]],
  ['an error about arguments', (id) => [message({ id, error: { code: -32_602, message: 'which?' } })]],
  ['an error about the version', (id) => [message({ id, error: { code: -32_022, message: 'old', data: 5 } })]],
  ['an error without a text', (id) => [message({ id, error: { code: 5 } })]],
  ['an error with half a code', (id) => [message({ id, error: { code: 0.5, message: 'x' } })]],
  ['an error that is a text', (id) => [message({ id, error: 'x' })]],
  ['an error of null', (id) => [message({ id, error: null })]],
  ['both', (id) => [message({ id, result: done, error: { code: 1, message: 'x' } })]],
  ['neither', (id) => [message({ id })]],
  ['a list of messages', (id) => [[message({ method: 'notifications/banana' }), message({ id, result: done })]]],
  ['two answers', (id) => [message({ id, result: done }), message({ id, error: { code: 1, message: 'x' } })]],
  [
    'other answers first',
    (id) => [
      message({ id: 'other', result: {} }),
      message({ id: null, error: { code: 1, message: 'x' } }),
      message({ id: -1, result: done }),
      message({ id: [id], result: {} }),
      message({ id, result: done }),
    ],
  ],
  [
    'requests of its own and what is no message',
    (id) => [
      5,
      'x',
      { id, result: { content: [] } },
      message({ id, method: 'sampling/createMessage', params: {} }),
      message({ method: 'notifications/cancelled', params: { requestId: id } }),
      message({ id, result: done }),
    ],
  ],
];

const INPUT: Script = (id) => [
  message({
    id,
    result: {
      resultType: 'input_required',
      inputRequests: { a: { method: 'roots/list' } },
      requestState: 'x',
    },
  }),
];

interface Peer {
  readonly transport: Transport & CallTransport;
  readonly received: readonly Sent[];
}

function handshake(era: ProtocolEra, { id, method }: Sent): object | undefined {
  if (method === 'server/discover' && era === '2026') return message({ id, result: DISCOVERED });
  if (method === 'server/discover') return message({ id, error: { code: -32_601, message: 'no' } });
  return method === 'initialize' ? message({ id, result: INITIALIZED }) : undefined;
}

async function overHttp(era: ProtocolEra, script: Script, type: 'json' | 'events'): Promise<Peer> {
  const answer = (response: ServerResponse, messages: readonly unknown[]): undefined => {
    response.writeHead(200, { 'content-type': type === 'json' ? 'application/json' : 'text/event-stream' });
    response.end(
      type === 'json'
        ? JSON.stringify(messages.length === 1 ? messages[0] : messages)
        : messages.map((each) => `data: ${JSON.stringify(each)}\n\n`).join(''),
    );
  };
  const server = await scriptedServer(era, {
    'tools/call': ({ message: { id, params } }, response) =>
      answer(response, script(id, (params?.['_meta'] as Members | undefined)?.['progressToken'])),
  });
  return {
    transport: new HttpTransport({ url: server.url }, systemClock),
    get received() {
      return server.received.map((each) => each.message as Sent);
    },
  };
}

function overPipe(era: ProtocolEra, script: Script): Peer {
  const received: Sent[] = [];
  const launcher: Pick<Launcher, 'open'> = {
    open: (_, { onLine }) => {
      const end = Promise.withResolvers<ProgramExit>();
      const conversation: Conversation = {
        write: async (bytes) => {
          const sent = JSON.parse(Buffer.from(bytes).toString()) as Sent;
          received.push(sent);
          const shaken = handshake(era, sent);
          const isCall = sent.method === 'tools/call';
          const answers = isCall ? script(sent.id, sent.params?._meta?.['progressToken']) : [];
          for (const each of shaken ? [shaken] : answers) onLine(Buffer.from(JSON.stringify(each)));
        },
        ended: end.promise,
        [Symbol.asyncDispose]: async () =>
          end.resolve({ started: true, exitCode: 0, signal: null, truncated: false, outputBytes: 0 }),
      };
      return Promise.resolve(conversation);
    },
  };
  const events = { onErrorLine: () => {}, onNoise: () => {} };
  return { transport: new StdioTransport({ launcher, command: [process.execPath] }, events, systemClock), received };
}

async function opened(era: ProtocolEra, { transport }: Peer): Promise<Connection> {
  const connection = await Connection.open({
    transport,
    protocol: era === '2026' ? '2026-07-28' : '2025-11-25',
    client: { name: 'test', version: '1' },
    timeoutMs: 30_000,
    isProgram: false,
    signal: new AbortController().signal,
    follows: {
      prompts: false,
      resources: false,
      resourceUris: () => [],
      onListChanged: () => {},
      onResourceUpdated: () => {},
    },
    clock: systemClock,
    onClosed: () => {},
  });
  onTestFinished(() => connection[Symbol.asyncDispose]());
  return connection;
}

/** What the caller of the tool would get. */
async function outcome(call: Promise<unknown>): Promise<unknown> {
  try {
    return { result: await call };
  } catch (error) {
    const { error: shown, ofConnection, mayHaveRun } = callFailure('up', error);
    const { type, message: text, output } = shown;
    return { type, text, output, ofConnection, mayHaveRun };
  }
}

const wait = (): AbortSignal => AbortSignal.timeout(30_000);

describe.each(['2025', '2026'] as const)('in the %s era', (era) => {
  const carriers = {
    'a JSON response': (script: Script) => overHttp(era, script, 'json'),
    'a stream of events': (script: Script) => overHttp(era, script, 'events'),
    'a pipe': async (script: Script) => overPipe(era, script),
  };

  describe.each(Object.entries(carriers))('over %s', (_, open) => {
    test.each(SCRIPTS)('%s', async (__, script) => {
      const connection = await opened(era, await open(script));
      const through = await outcome(connection.request('tools/call', { name: 'a', arguments: {} }, wait()));
      const past = await outcome(connection.callTool('a', {}, { signal: wait() }));
      expect(past).toEqual(through);
    });

    test('the request is the same but for its id', async () => {
      const peer = await open((id) => [message({ id, result: done })]);
      const connection = await opened(era, peer);
      const params = { name: 'täst', arguments: { a: [1, { b: null }] } };
      await connection.request('tools/call', params, wait());
      await connection.callTool(params.name, params.arguments, { signal: wait() });
      const [through, past] = peer.received.filter(({ method }) => method === 'tools/call');
      expect({ ...past, id: 0 }).toEqual({ ...through, id: 0 });
      expect(typeof past?.id).toBe('number');
    });

    test('progress reaches its own call, in order and before the answer', async () => {
      const connection = await opened(
        era,
        await open((id, token) => [
          ...[1, 2, 3].map((progress) =>
            message({ method: 'notifications/progress', params: { progressToken: token, progress } }),
          ),
          message({ id, result: done }),
        ]),
      );
      const seen: number[][] = [[], []];
      await Promise.all(
        seen.map((own) =>
          connection.callTool('a', {}, { signal: wait(), onProgress: ({ progress }) => void own.push(progress) }),
        ),
      );
      expect(seen).toEqual([
        [1, 2, 3],
        [1, 2, 3],
      ]);
    });
  });

  test.each(['json', 'events'] as const)('a message of 11 MiB, as %s', async (type) => {
    const text = 'x'.repeat(11 * 2 ** 20);
    const peer = await overHttp(era, (id) => [message({ id, result: { content: [{ type: 'text', text }] } })], type);
    const connection = await opened(era, peer);
    const through = await outcome(connection.request('tools/call', { name: 'a', arguments: {} }, wait()));
    expect(await outcome(connection.callTool('a', {}, { signal: wait() }))).toEqual(through);
    expect(through).toMatchObject({ type: 'execution_error', mayHaveRun: true });
  });

  test('over a pipe, a caller that no longer waits is announced with the id of the request, once', async () => {
    const peer = overPipe(era, () => []);
    const connection = await opened(era, peer);
    const controller = new AbortController();
    const call = connection.callTool('a', {}, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    const { id } = peer.received.find(({ method }) => method === 'tools/call')!;
    const cancelled = peer.received.filter(({ method }) => method === 'notifications/cancelled');
    expect(cancelled.map(({ params }) => params?.requestId)).toEqual([id]);
  });

  test('a closed connection ends the calls on their way', async () => {
    for (const peer of [overPipe(era, () => []), await overHttp(era, () => [], 'events')]) {
      const connection = await opened(era, peer);
      const call = outcome(connection.callTool('a', {}, { signal: wait() }));
      await connection[Symbol.asyncDispose]();
      expect(await call).toMatchObject({ type: 'execution_error', mayHaveRun: true });
    }
  });
});

test('a request for input is one in the 2026 era, and in the 2025 era a result without content', async () => {
  const modern = await opened('2026', overPipe('2026', INPUT));
  const past = await modern.callTool('a', {}, { signal: wait() });
  expect(past).toBe(await modern.request('tools/call', { name: 'a', arguments: {} }, wait()));
  const legacy = await opened('2025', overPipe('2025', INPUT));
  expect(await legacy.callTool('a', {}, { signal: wait() })).toMatchObject({ requestState: 'x' });
});
