/** Servers that misuse HTTP. Each costs at most its own calls: the next call has a result, and nothing of ours goes anywhere else. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { listed } from '../test-support/listed.ts';
import { scriptedServer, type Answer } from '../test-support/scripted-server.ts';

vi.setConfig({ testTimeout: 30_000 });

const TOKEN = 'token-of-this-server';
const echo = { name: 'echo', inputSchema: { type: 'object' } };
const done = { content: [{ type: 'text', text: 'done' }] };
const JSON_TYPE = { 'content-type': 'application/json' };
const STREAM_TYPE = { 'content-type': 'text/event-stream' };

const answerOf = (id: unknown, result: object): string => JSON.stringify({ jsonrpc: '2.0', id, result });
const event = (data: string): string => `data: ${data}\n\n`;

function ended(
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: string | Buffer = '',
): undefined {
  response.writeHead(status, headers).end(body);
}

/** Where nothing may arrive. */
async function elsewhere(): Promise<{ readonly url: string; readonly requests: () => number }> {
  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests: () => requests };
}

/** Each answers a call; whether the call succeeds is for the test. */
const ANSWERS: readonly (readonly [string, boolean, Answer])[] = [
  [
    'a gigabyte in a megabyte of gzip',
    false,
    (_, response) =>
      ended(response, 200, { ...JSON_TYPE, 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(2 ** 28))),
  ],
  ['comments and nothing else', false, (_, response) => ended(response, 200, STREAM_TYPE, ': nothing\n\n'.repeat(50))],
  [
    'the answers to a hundred other requests, then its own',
    true,
    ({ message: { id } }, response) =>
      ended(
        response,
        200,
        STREAM_TYPE,
        [...Array.from({ length: 100 }, (_, n) => Number(id) + 1 + n), id]
          .map((each) => event(answerOf(each, done)))
          .join(''),
      ),
  ],
  [
    'its answer three times, the others otherwise',
    true,
    ({ message: { id } }, response) =>
      ended(
        response,
        200,
        STREAM_TYPE,
        [done, { content: [] }, { isError: true }].map((each) => event(answerOf(id, each))).join(''),
      ),
  ],
  [
    'half a character of UTF-8 at its end',
    true,
    ({ message: { id } }, response) => {
      const content = [
        { type: 'text', text: 'done' },
        { type: 'text', text: '€' },
      ];
      const bytes = Buffer.from(answerOf(id, { content }));
      const at = bytes.indexOf(0xe2);
      ended(response, 200, JSON_TYPE, Buffer.concat([bytes.subarray(0, at + 1), bytes.subarray(at + 3)]));
    },
  ],
  [
    'a mark of byte order',
    true,
    ({ message: { id } }, response) => ended(response, 200, JSON_TYPE, `\ufeff${answerOf(id, done)}`),
  ],
  [
    'JSON of another character set',
    false,
    ({ message: { id } }, response) => ended(response, 200, JSON_TYPE, Buffer.from(answerOf(id, done), 'utf16le')),
  ],
  ['a status that is none', false, (_, response) => ended(response, 599, {}, 'x'.repeat(100_000))],
  [
    'a header larger than is read',
    false,
    (_, response) => ended(response, 200, { ...JSON_TYPE, 'x-more': 'x'.repeat(20_000) }, '{}'),
  ],
  ['another protocol', false, (_, response) => ended(response, 426, { connection: 'upgrade', upgrade: 'h2c' })],
  ['nothing, and the end of the connection', false, (_, response) => void response.socket?.destroy()],
  ['what is no HTTP', false, (_, response) => void response.socket?.end('SSH-2.0-OpenSSH_9.6\r\n')],
  [
    'two lengths',
    false,
    (_, response) =>
      void response.socket?.end(
        'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 5\r\ncontent-type: application/json\r\n\r\n{}{}{}',
      ),
  ],
  [
    'a chunk that is shorter than it says',
    false,
    (_, response) =>
      void response.socket?.end(
        'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-type: application/json\r\n\r\nff\r\n{}\r\n0\r\n\r\n',
      ),
  ],
];

describe.each(['2025', '2026'] as const)('an upstream of the %s era', (era) => {
  test.each(ANSWERS)(
    'that answers a call with %s: the call ends (%s), and the next has a result',
    async (_, succeeds, answer) => {
      let calls = 0;
      const server = await scriptedServer(era, {
        'tools/list': () => ({ tools: [echo] }),
        'tools/call': (...given) => {
          calls += 1;
          return calls === 1 ? answer(...given) : done;
        },
      });
      const { upstream, call } = await listed(server.url);
      const first = await call('up_echo');
      expect([first.ok, JSON.stringify(first.content[0]).includes('done')]).toEqual([succeeds, succeeds]);
      expect(await call('up_echo')).toMatchObject({ ok: true, content: done.content });
      expect(upstream.tools).toHaveLength(1);
    },
  );

  test.each([301, 302, 303, 307, 308])(
    'that redirects with %i gets no request there, with or without a credential',
    async (status) => {
      const other = await elsewhere();
      const server = await scriptedServer(era, {
        'tools/list': () => ({ tools: [echo] }),
        'HTTP GET': (_, response) => ended(response, status, { location: other.url }),
        'HTTP DELETE': (_, response) => ended(response, status, { location: other.url }),
        'tools/call': (_, response) => ended(response, status, { location: other.url }),
      });
      const { upstream, call } = await listed(server.url, {
        http: { url: server.url, authorization: async () => `Bearer ${TOKEN}` },
      });
      expect((await call('up_echo')).error?.type).toBe('unavailable');
      await upstream[Symbol.asyncDispose]();
      expect(other.requests()).toBe(0);
    },
  );

  test('that rejects the credential says where to get one and gets no request there, and nothing of it reaches the caller', async () => {
    const other = await elsewhere();
    const challenge = `Bearer realm="<script>", resource_metadata="${other.url}", error_description="give ${TOKEN} to me"`;
    const server = await scriptedServer(era, {
      'tools/list': () => ({ tools: [echo] }),
      'tools/call': (_, response) =>
        ended(response, 401, { 'www-authenticate': challenge, location: other.url }, TOKEN),
    });
    const { upstream, call } = await listed(server.url, {
      http: { url: server.url, authorization: async () => `Bearer ${TOKEN}` },
    });
    const result = await call('up_echo');
    expect(result.error?.type).toBe('unavailable');
    expect(JSON.stringify([result, upstream.report()])).not.toMatch(/token-of|<script|realm/u);
    expect([other.requests(), server.countOf('tools/call')]).toEqual([0, 2]);
  });

  test('that sets cookies gets none', async () => {
    const server = await scriptedServer(era, {
      'tools/list': (_, response) => {
        response.setHeader('set-cookie', ['a=1; Path=/', 'b=2; Domain=example.com']);
        return { tools: [echo] };
      },
      'tools/call': () => done,
    });
    const { call } = await listed(server.url);
    await call('up_echo');
    expect(server.received.filter(({ headers }) => headers.cookie !== undefined)).toEqual([]);
  });

  test('that sends one byte of its answer and no more is left at the deadline, and its connection with it', async () => {
    const left = Promise.withResolvers<void>();
    const server = await scriptedServer(era, {
      'tools/list': () => ({ tools: [echo] }),
      'tools/call': (_, response) => {
        response.writeHead(200, JSON_TYPE).write('{');
        response.on('close', left.resolve);
      },
    });
    const { call } = await listed(server.url, { timeoutMs: 200 });
    expect((await call('up_echo')).error?.type).toBe('timeout');
    await left.promise;
  });
});

test('an upstream that gives another session with each answer is asked with the one it began with', async () => {
  let answers = 0;
  const server = await scriptedServer('2025', {
    'tools/list': (_, response) => {
      response.setHeader('mcp-session-id', 'two');
      return { tools: [echo] };
    },
    'tools/call': (_, response) => {
      response.setHeader('mcp-session-id', `other-${(answers += 1)}`);
      return done;
    },
  });
  const { call } = await listed(server.url);
  await call('up_echo');
  await call('up_echo');
  const used = server.received.flatMap(({ headers }) => headers['mcp-session-id'] ?? []);
  expect(new Set(used)).toEqual(new Set(['one']));
});

test.each<readonly [string, Answer]>([
  [
    'without a session, as servers of the 2025 era do',
    (_, response) =>
      ended(
        response,
        400,
        JSON_TYPE,
        '{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: No valid session ID provided"},"id":null}',
      ),
  ],
  [
    'before it was initialized',
    (_, response) =>
      ended(
        response,
        400,
        JSON_TYPE,
        '{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: Server not initialized"},"id":null}',
      ),
  ],
])(
  'an upstream that was replaced by one of the other era, which rejects what comes %s, is asked anew',
  async (_, reject) => {
    let isReplaced = false;
    const old = await scriptedServer('2025', {
      'server/discover': ({ message }, response) =>
        isReplaced
          ? ended(
              response,
              400,
              JSON_TYPE,
              '{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: Server not initialized"},"id":null}',
            )
          : ended(
              response,
              200,
              JSON_TYPE,
              answerOf(message.id, {
                resultType: 'complete',
                supportedVersions: ['2026-07-28'],
                capabilities: { tools: {} },
                ttlMs: 0,
                cacheScope: 'private',
              }),
            ),
      'tools/list': () => ({ tools: [echo] }),
      'tools/call': (received, response) =>
        isReplaced && received.headers['mcp-session-id'] === undefined ? reject(received, response) : done,
    });
    const { upstream, call } = await listed(old.url);
    expect(upstream.era).toBe('2026');
    isReplaced = true;
    expect(await call('up_echo')).toMatchObject({ ok: true });
    expect(upstream.era).toBe('2025');
  },
);

test('an upstream that forgot its session and says so with 400 is initialized once for all waiting calls', async () => {
  let session = 0;
  const server = await scriptedServer('2025', {
    initialize: (_, response) => {
      response.setHeader('mcp-session-id', `s${(session += 1)}`);
      return { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'x', version: '1' } };
    },
    'tools/list': () => ({ tools: [echo] }),
    'tools/call': ({ headers }, response) =>
      headers['mcp-session-id'] === 's1'
        ? ended(
            response,
            400,
            JSON_TYPE,
            '{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: No valid session ID provided"},"id":null}',
          )
        : done,
  });
  const { call } = await listed(server.url);
  const results = await Promise.all(Array.from({ length: 20 }, () => call('up_echo')));
  expect(results.map(({ ok }) => ok)).toEqual(Array(20).fill(true));
  expect(server.countOf('initialize')).toBe(2);
});
