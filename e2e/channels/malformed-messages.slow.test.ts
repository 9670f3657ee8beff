/** What is no valid message gets the same answer over both transports, in words of this server. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import {
  scratch,
  startHttpServer,
  testConfiguration,
  type HttpServerProcess,
  type Scratch,
} from '../harness/server-process.ts';
import { overHttp, overStdio, type RawClient } from './ask-server.ts';

let place: Scratch;
let server: HttpServerProcess;
const clients: Record<'2025' | '2026', RawClient[]> = { '2025': [], '2026': [] };

beforeAll(async () => {
  place = scratch();
  server = await startHttpServer();
  const stdio = place.write('stdio.yaml', testConfiguration);
  for (const era of ['2025', '2026'] as const) {
    clients[era].push(await overHttp(server.url, era), await overStdio(place.folder, stdio, era));
    for (const client of clients[era]) await client.ask('tools/list', {});
  }
});
afterAll(async () => {
  for (const client of Object.values(clients).flat()) await client[Symbol.asyncDispose]();
  await server.stop();
  place[Symbol.dispose]();
});

/** Of the schema library, the SDK, the engine. */
const FOREIGN =
  /zod|invalid[_ ](?:type|input)|received|Bad Request|envelope for|SyntaxError|TypeError|Cannot read|not a function|\.[cm]?[jt]s:/i;
const DEEP = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
const call = (rest: string): string => `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{${rest}}}`;
const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
const list = (meta: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: meta } });

const TEXTS: readonly string[] = [
  '{',
  'nonsense',
  "{'jsonrpc':'2.0'}",
  '[]',
  '[{"jsonrpc":"2.0","id":1,"method":"ping"}]',
  '{}',
  'null',
  '1',
  '"x"',
  ...['"2.0"', '2.0', 'null'].map((version) => `{"jsonrpc":${version},"id":7,"method":1}`),
  ...[
    '1',
    '"a"',
    '-0',
    '1e3',
    '9007199254740993',
    '1.5',
    '1e400',
    'null',
    'true',
    '{}',
    `"${'x'.repeat(200)}"`,
  ].flatMap((id) => [
    `{"jsonrpc":"2.0","id":${id},"method":""}`,
    `{"jsonrpc":"2.0","id":${id},"method":"ping","method":"pong"}`,
    `{"jsonrpc":"2.0","id":${id},"method":"ping","params":{"__proto__":{}}}`,
    `{"jsonrpc":"2.0","id":${id},"method":"ping","params":${DEEP}}`,
  ]),
  '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}',
  '{"jsonrpc":"2.0","id":1,"method":"ping","shell":true}',
  ...['[]', '1', '"x"', 'true'].map((params) => `{"jsonrpc":"2.0","id":1,"method":"ping","params":${params}}`),
];

/** `_meta` that the SDK validates, for a connection that has chosen the version. */
const METAS: readonly unknown[] = [
  undefined,
  {},
  1,
  { ...META, 'io.modelcontextprotocol/protocolVersion': 1 },
  { ...META, 'io.modelcontextprotocol/clientCapabilities': undefined },
  { ...META, 'io.modelcontextprotocol/clientCapabilities': [] },
  { ...META, 'io.modelcontextprotocol/clientInfo': { name: 1 } },
  { ...META, progressToken: [] },
];

/** Code, id and words of an answer, which name what came as a line over stdio and as a body over HTTP. */
function answerIn(messages: readonly string[]): object {
  const [text = '{}'] = messages;
  const { error } = JSON.parse(text) as { error?: { code: number; message: string } };
  const words = error?.message.replace(/^The (?:line|body)/, 'It').replace(/; for an older version, .*$/, '');
  return { code: error?.code, words, id: /"id":(?<id>[^,}]*)/.exec(text)?.groups?.['id'] };
}

describe.each(['2025', '2026'] as const)('a client of %s', (era) => {
  test.each(TEXTS.map((text) => [text.slice(0, 90), text] as const))('%s', async (_, text) => {
    const [overBoth, other] = await Promise.all(clients[era].map((client) => client.exchange(text)));
    expect(overBoth).toHaveLength(1);
    expect(answerIn(overBoth ?? [])).toEqual(answerIn(other ?? []));
    expect(`${overBoth?.join()}${other?.join()}`).not.toMatch(FOREIGN);
  });

  test.each([
    '"name":1',
    '"name":null',
    '"name":"shout","arguments":[]',
    '"name":"shout","arguments":"x"',
    '"_meta":1,"name":"shout"',
  ])('a call with %s', async (rest) => {
    const meta = era === '2026' && !rest.includes('_meta') ? `,"_meta":${JSON.stringify(META)}` : '';
    const about = { method: 'tools/call', ...(rest.includes('"shout"') && { name: 'shout' }) };
    const [overBoth, other] = await Promise.all(
      clients[era].map((client) => client.exchange(call(rest + meta), about)),
    );
    expect(answerIn(overBoth ?? [])).toEqual(answerIn(other ?? []));
    expect(`${overBoth?.join()}${other?.join()}`).not.toMatch(FOREIGN);
  });
});

test.each(METAS.map((meta) => [JSON.stringify(meta), meta] as const))(
  '_meta of the 2026 revision: %s',
  async (_, meta) => {
    const answers = await Promise.all(
      clients['2026'].map((client) => client.exchange(list(meta), { method: 'tools/list' })),
    );
    for (const [answer] of answers) expect(answer).not.toMatch(FOREIGN);
    expect(answers.map((answer) => (JSON.parse(answer[0] ?? '') as { error: { code: number } }).error.code)).toEqual([
      -32_602, -32_602,
    ]);
  },
);

test('another version is refused within a connection over stdio, too', async () => {
  const meta = { ...META, 'io.modelcontextprotocol/protocolVersion': '2030-01-01' };
  const [, overStdioOnly] = clients['2026'];
  expect(JSON.parse((await overStdioOnly?.exchange(list(meta)))?.[0] ?? '')).toMatchObject({
    error: { code: -32_022, data: { supported: ['2026-07-28'], requested: '2030-01-01' } },
  });
});

test('a response of a client, valid or not, is answered over HTTP alone', async () => {
  for (const text of [
    '{"jsonrpc":"2.0","id":1,"result":1}',
    '{"jsonrpc":"2.0","id":1,"error":"x"}',
    '{"jsonrpc":"2.0","id":1,"result":{}}',
  ]) {
    const [overBoth, other] = await Promise.all(clients['2026'].map((client) => client.exchange(text)));
    expect(other).toEqual([]);
    expect(answerIn(overBoth ?? [])).toMatchObject({ code: -32_600, words: expect.stringMatching(/response/) });
  }
});
