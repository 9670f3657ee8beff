/** Servers that answer what no server should. Whatever becomes of that call, it ends, and the next has a result. */
import type { ServerResponse } from 'node:http';
import { describe, expect, test, vi } from 'vitest';

import { listed } from '../test-support/listed.ts';
import { scriptedServer, type Answer, type Received } from '../test-support/scripted-server.ts';

vi.setConfig({ testTimeout: 30_000 });

const echo = { name: 'echo', inputSchema: { type: 'object' } };
const done = { content: [{ type: 'text', text: 'done' }] };
const JSON_TYPE = { 'content-type': 'application/json' };
const STREAM_TYPE = { 'content-type': 'text/event-stream' };

const answerOf = (id: unknown, result: object = done): string => JSON.stringify({ jsonrpc: '2.0', id, result });
const event = (data: string): string => `data: ${data}\n\n`;

const ended =
  (status: number, headers: Record<string, string>, body: (received: Received) => string): Answer =>
  (received, response) =>
    void response.writeHead(status, headers).end(body(received));

const streamed = (body: (received: Received) => string): Answer => ended(200, STREAM_TYPE, body);
const ownAnswer = ({ message: { id } }: Received): string => answerOf(id);

/** Of a request of the upstream, or of a message that is both. */
const request = (id: unknown, more: object = {}): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'sampling/createMessage', params: {}, ...more });

/** Each answers a call; whether the call succeeds is for the test. */
const ANSWERS: readonly (readonly [string, boolean, Answer])[] = [
  ['202 and no body', false, ended(202, {}, () => '')],
  ['205', false, ended(205, {}, () => '')],
  ['a status of its own', true, ended(299, JSON_TYPE, ownAnswer)],
  ['a type in capitals with parameters', true, ended(200, { 'content-type': 'Application/JSON ; a="b;c"' }, ownAnswer)],
  ['two types', false, ended(200, { 'content-type': 'application/json, text/html' }, ownAnswer)],
  ['no type', false, (received, response) => void response.writeHead(200).end(ownAnswer(received))],
  ['a sequence of JSON', false, ended(200, { 'content-type': 'application/json-seq' }, ownAnswer)],
  ['its answer and more behind it', false, ended(200, JSON_TYPE, (received) => `${ownAnswer(received)}}{`)],
  [
    'its id twice, the last one right',
    true,
    ended(200, JSON_TYPE, ({ message: { id } }) => answerOf(id).replace('"id"', '"id":1,"id"')),
  ],
  ['an id of a megabyte', false, ended(200, JSON_TYPE, () => answerOf('9'.repeat(2 ** 20)))],
  ['an id beyond all numbers', false, ended(200, JSON_TYPE, () => '{"jsonrpc":"2.0","id":1e999,"result":{}}')],
  ['a list as its id', false, ended(200, JSON_TYPE, ({ message: { id } }) => answerOf([id]))],
  [
    'its id with a fraction',
    true,
    ended(200, JSON_TYPE, ({ message: { id } }) => answerOf(id).replace(String(id), `${id}.0`)),
  ],
  [
    'an error without an id',
    false,
    ended(400, JSON_TYPE, () => '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no"}}'),
  ],
  [
    'an error and a result',
    false,
    ended(200, JSON_TYPE, ({ message: { id } }) =>
      JSON.stringify({ jsonrpc: '2.0', id, result: done, error: { code: 1, message: 'x' } }),
    ),
  ],
  [
    'an error whose code is text',
    false,
    ended(200, JSON_TYPE, ({ message: { id } }) =>
      JSON.stringify({ jsonrpc: '2.0', id, error: { code: 'E', message: 'x' } }),
    ),
  ],
  [
    'an error of a megabyte of escape sequences',
    false,
    ended(200, JSON_TYPE, ({ message: { id } }) =>
      JSON.stringify({ jsonrpc: '2.0', id, error: { code: 1, message: '\u001B[2J\u202E'.repeat(2 ** 17) } }),
    ),
  ],
  ['lists in lists', false, ended(200, JSON_TYPE, ({ message: { id } }) => `[[${answerOf(id)}]]`)],
  [
    'a list of a hundred thousand numbers and its answer',
    true,
    ended(200, JSON_TYPE, ({ message: { id } }) => `[${'1,'.repeat(100_000)}${answerOf(id)}]`),
  ],
  [
    'a request with the id of the call, then the answer',
    true,
    streamed(({ message: { id } }) => event(request(id)) + event(answerOf(id))),
  ],
  [
    'a message that is a request and an answer',
    false,
    streamed(({ message: { id } }) => event(request(id, { result: done }))),
  ],
  [
    'notifications with an id that is null, then the answer',
    true,
    streamed(({ message: { id } }) => event(request(null)) + event(answerOf(id))),
  ],
  [
    'list changes by the thousand, then the answer',
    true,
    streamed(
      ({ message: { id } }) =>
        event('{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}').repeat(5000) + event(answerOf(id)),
    ),
  ],
  [
    'progress of no call by the thousand, then the answer',
    true,
    streamed(
      ({ message: { id } }) =>
        event(
          '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":{},"progress":"1e9"}}',
        ).repeat(5000) + event(answerOf(id)),
    ),
  ],
  [
    'its answer as an event of another name',
    false,
    streamed(({ message: { id } }) => `event: ping\n${event(answerOf(id))}`),
  ],
  [
    'its answer in lines of data',
    true,
    streamed(({ message: { id } }) => `data: ${answerOf(id).replaceAll(',', ',\ndata: ')}\n\n`),
  ],
  ['its answer without the end of the event', false, streamed(({ message: { id } }) => `data: ${answerOf(id)}`)],
  ['an event id with a null character, and no answer', false, streamed(() => `id: a\u0000b\n: x\n\n`)],
  [
    'a name of a field of a megabyte, then the answer',
    true,
    streamed(({ message: { id } }) => `${'x'.repeat(2 ** 20)}: 1\n\n${event(answerOf(id))}`),
  ],
  [
    'a retry of an hour before its answer',
    true,
    streamed(({ message: { id } }) => `retry: 3600000\n\n${event(answerOf(id))}`),
  ],
  ['"too many requests" for ever', false, ended(429, { 'retry-after': '1e308' }, () => '')],
  ['"too many requests" until yesterday', false, ended(429, { 'retry-after': '-86400' }, () => '')],
  ['"unavailable" until a date', false, ended(503, { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }, () => '')],
  [
    'hints before its answer',
    true,
    (received, response) => {
      for (let n = 0; n < 100; n += 1) response.writeEarlyHints({ link: '</x>; rel=preload' });
      response.writeHead(200, JSON_TYPE).end(ownAnswer(received));
    },
  ],
  [
    'trailers behind its answer',
    true,
    (received, response) => {
      response.writeHead(200, { ...JSON_TYPE, trailer: 'mcp-session-id' });
      response.write(ownAnswer(received));
      response.addTrailers({ 'mcp-session-id': 'other' });
      response.end();
    },
  ],
  ['its answer and the end of the connection', true, ended(200, { ...JSON_TYPE, connection: 'close' }, ownAnswer)],
  ['a redirect to itself', false, ended(307, { location: '/mcp' }, () => '')],
  ['a redirect to nothing', false, ended(302, {}, () => '')],
  [
    'a redirect to an address of a cloud',
    false,
    ended(308, { location: 'http://169.254.169.254/latest/meta-data/' }, () => ''),
  ],
  ['a refresh header', true, ended(200, { ...JSON_TYPE, refresh: '0; url=http://169.254.169.254/' }, ownAnswer)],
];

describe.each(['2025', '2026'] as const)('an upstream of the %s era', (era) => {
  test.each(ANSWERS)(
    'that answers a call with %s: the call succeeds (%s), and so does the next',
    async (_, isOk, answer) => {
      let calls = 0;
      const server = await scriptedServer(era, {
        'tools/list': () => ({ tools: [echo] }),
        'tools/call': (received, response) => {
          calls += 1;
          return calls === 1 ? (answer(received, response) ?? undefined) : done;
        },
      });
      const { call } = await listed(server.url, { timeoutMs: 5000 });
      const first = await call('up_echo');
      expect([first.ok, first.error?.type === 'timeout']).toEqual([isOk, false]);
      expect(JSON.stringify(first)).not.toMatch(/\\u001b|\u202E|169\.254/u);
      expect(first.error?.retryAfterMs ?? 1).toBeLessThanOrEqual(3_600_000);
      expect(await call('up_echo')).toMatchObject({ ok: true });
      expect(calls).toBe(2);
    },
  );
});

test.each([
  ['of a megabyte', 'x'.repeat(8000)],
  ['with spaces', ' a b '],
  ['beyond ASCII', '\u00E9\u00FF'],
  ['that is empty', ''],
])('a session id %s costs no call', async (_, sessionId) => {
  const server = await scriptedServer('2025', {
    initialize: (_received, response: ServerResponse) => {
      response.setHeader('mcp-session-id', sessionId);
      return { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'x', version: '1' } };
    },
    'tools/list': () => ({ tools: [echo] }),
    'tools/call': () => done,
  });
  const { call } = await listed(server.url, { timeoutMs: 5000 });
  expect(await call('up_echo')).toMatchObject({ ok: true });
});

test('a stream that is resumed for ever with one id is left at the deadline, and its upstream asked less and less', async () => {
  const server = await scriptedServer('2025', {
    'tools/list': () => ({ tools: [echo] }),
    'tools/call': (_, response) => void response.writeHead(200, STREAM_TYPE).end('id: same\ndata:\n\n'),
    'HTTP GET': (_, response) => void response.writeHead(200, STREAM_TYPE).end('id: same\nretry: 0\ndata:\n\n'),
  });
  const { call } = await listed(server.url, { timeoutMs: 3000 });
  expect(await call('up_echo')).toMatchObject({ ok: false });
  expect(server.received.filter(({ method }) => method === 'GET').length).toBeLessThan(8);
});
