/** Servers that send whatever they like. Each costs at most itself: its other tools stay, calls end, and nothing throws. */
import { gzipSync } from 'node:zlib';

import type { ServerResponse } from 'node:http';
import { describe, expect, test, vi } from 'vitest';

import { listed } from '../test-support/listed.ts';
import { scriptedServer, type Answer } from '../test-support/scripted-server.ts';

vi.setConfig({ testTimeout: 30_000 });

const echo = { name: 'echo', inputSchema: { type: 'object' } };
const done = { content: [{ type: 'text', text: 'done' }] };

/** JSON text of objects within objects; building it from objects would need as deep a stack. */
function nested(depth: number, member: string): string {
  return `${`{"type":"object","${member}":`.repeat(depth)}{}${'}'.repeat(depth)}`;
}

function json(response: ServerResponse, id: unknown, result: string): undefined {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`);
}

function cut(response: ServerResponse): undefined {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '99' });
  response.write('{', () => response.destroy());
}

function stream(response: ServerResponse): (...messages: readonly unknown[]) => void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  return (...messages) =>
    void response.write(
      messages.map((message) => `data: ${JSON.stringify({ jsonrpc: '2.0', ...(message as object) })}\n\n`).join(''),
    );
}

test.each([
  {},
  { capabilities: null, serverInfo: null },
  { capabilities: { tools: null } },
  { serverInfo: { name: 'x' } },
  { instructions: null, _meta: null, serverInfo: { name: 'x', version: null, title: null, icons: null } },
  { capabilities: { tools: { listChanged: null }, experimental: null } },
])('an upstream of the 2025 era may leave out of its first answer what nobody needs: %j', async (members) => {
  const server = await scriptedServer('2025', {
    initialize: () => ({ protocolVersion: '2025-11-25', ...members }),
    'tools/list': () => ({ tools: [echo] }),
  });
  const { upstream } = await listed(server.url);
  expect(upstream.tools.map(({ name }) => name)).toEqual(['up_echo']);
});

const MALFORMED = {
  capabilities: {
    tools: { listChanged: 'yes', other: {} },
    logging: 5,
    experimental: [],
    completions: { x: 1 },
    tasks: { list: 7 },
  },
  instructions: { text: 5 },
  serverInfo: { name: 5, version: {}, icons: 'none', title: [], websiteUrl: 7 },
};

test.each(['2025', '2026'] as const)(
  'an upstream of the %s era may say of itself what no schema allows',
  async (era) => {
    const server = await scriptedServer(era, {
      ...(era === '2025'
        ? { initialize: () => ({ protocolVersion: '2025-11-25', ...MALFORMED }) }
        : {
            'server/discover': () => ({
              resultType: 'complete',
              supportedVersions: ['2026-07-28'],
              ttlMs: 0,
              cacheScope: 'private',
              ...MALFORMED,
              _meta: { 'io.modelcontextprotocol/serverInfo': MALFORMED.serverInfo, other: 5 },
            }),
          }),
      'tools/list': () => ({ tools: [echo] }),
    });
    const { upstream } = await listed(server.url);
    expect(upstream.tools.map(({ name }) => name)).toEqual(['up_echo']);
    expect(upstream.report().protocol?.era).toBe(era);
  },
);

test.each(['2025', '2026'] as const)(
  'an upstream of the %s era whose pages overlap offers each tool once',
  async (era) => {
    const server = await scriptedServer(era, {
      'tools/list': ({ message: { params } }) =>
        params?.['cursor'] === undefined
          ? { tools: [echo, { ...echo, name: 'two' }], nextCursor: '2' }
          : {
              tools: [
                { ...echo, name: 'two' },
                { ...echo, name: 'changed' },
                { ...echo, name: 'changed', description: 'Other' },
              ],
            },
    });
    const { upstream } = await listed(server.url);
    expect(upstream.tools.map(({ name }) => name)).toEqual(['up_echo', 'up_two']);
    expect(upstream.report().withheld).toMatchObject([{ name: 'changed' }]);
  },
);

test('an answer may have both members, one of them null, as JSON-RPC 1.0 has it', async () => {
  const both =
    (members: object): Answer =>
    ({ message: { id } }, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ jsonrpc: '2.0', id, ...members }));
    };
  const opening = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'x', version: '1' } };
  const refusal = { code: -32_000, message: 'not today', data: null };
  let refuses = false;
  const server = await scriptedServer('2025', {
    initialize: both({ result: opening, error: null }),
    'tools/list': both({ result: { tools: [echo] }, error: null }),
    'tools/call': (...request) =>
      both(refuses ? { result: null, error: refusal } : { result: { content: [] }, error: null })(...request),
  });
  const { call } = await listed(server.url);
  expect(await call('up_echo')).toMatchObject({ ok: true });
  refuses = true;
  expect(await call('up_echo')).toMatchObject({ ok: false });
});

test.each<readonly [string, Answer, string]>([
  [
    'compresses its answers',
    (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(gzipSync('{}'));
    },
    'The upstream compresses its answers, although no request asks for it.',
  ],
  [
    'has only the transport HTTP+SSE',
    (_, response) => void response.writeHead(405).end(),
    'The upstream up answered with HTTP 405: url must be its MCP endpoint, for Streamable HTTP and not for HTTP+SSE.',
  ],
])('an upstream that %s is reported with that reason', async (_, answer, problem) => {
  const server = await scriptedServer('2025', { 'server/discover': answer, initialize: answer });
  const { upstream } = await listed(server.url);
  expect(upstream.report().problem).toBe(problem);
});

test('an upstream of an unknown protocol version is named as such', async () => {
  const server = await scriptedServer('2025', {
    initialize: () => ({ protocolVersion: '2030-01-01', capabilities: {}, serverInfo: { name: 'x', version: '1' } }),
  });
  const { upstream } = await listed(server.url);
  expect(upstream.report().problem).toBe('The upstream up speaks a protocol version that is not known here.');
});

describe.each(['2025', '2026'] as const)('an upstream of the %s era', (era) => {
  test.each([40, 1000, 50_000])('with schemas %i levels deep loses these tools alone', async (depth) => {
    const deep = nested(depth, 'items');
    const tools = [
      JSON.stringify(echo),
      `{"name":"input","inputSchema":${deep}}`,
      `{"name":"output","inputSchema":{"type":"object"},"outputSchema":${deep}}`,
      `{"name":"annotations","inputSchema":{"type":"object"},"annotations":${deep}}`,
      `{"name":"meta","inputSchema":{"type":"object"},"_meta":${deep}}`,
      deep,
    ];
    const server = await scriptedServer(era, {
      'tools/list': ({ message }, response) => json(response, message.id, `{"tools":[${tools.join(',')}]}`),
    });
    const { upstream } = await listed(server.url);
    const names = upstream.tools.map(({ name }) => name);
    expect(names).toEqual(['up_annotations', 'up_echo', 'up_meta', 'up_output']);
    expect(upstream.report().withheld.map(({ name }) => name)).toEqual(['(no name)', 'input']);
  });

  test('with references that are no URIs is listed', async () => {
    const inputSchema = { type: 'object', properties: { a: { $ref: '#/%zz' } } };
    const server = await scriptedServer(era, { 'tools/list': () => ({ tools: [echo, { name: 'bad', inputSchema }] }) });
    const { upstream } = await listed(server.url);
    expect(upstream.tools.map(({ name }) => name)).toEqual(['up_bad', 'up_echo']);
  });

  test('with content of a form that clients reject loses what is wrong with it alone', async () => {
    const annotations = { audience: ['user', 5], priority: 7, lastModified: 'yesterday', other: 1 };
    const content = [
      { type: 'text', text: 'done', annotations },
      { type: 'image', data: '(no base64)', mimeType: 'image/png' },
      { type: 'resource', resource: { uri: 'file:///a', blob: '(no base64)' } },
    ];
    const server = await scriptedServer(era, {
      'tools/list': () => ({ tools: [echo] }),
      'tools/call': () => ({ content }),
    });
    const { call } = await listed(server.url);
    expect((await call('up_echo')).content).toEqual([
      { type: 'text', text: 'done', annotations: { audience: ['user'] } },
      { type: 'text', text: '[not passed on: an image that is not base64]' },
      { type: 'text', text: '[not passed on: a resource without content]' },
    ]);
  });

  test('with names that collide, are no names, or mean something to the language loses these alone', async () => {
    const long = 'n'.repeat(100_000);
    const names = [
      'echo',
      'met.here',
      'met_here',
      '',
      17,
      null,
      long,
      'line\nbreak',
      '__proto__',
      'constructor',
      'x'.repeat(90),
    ];
    const tools = names.map((name) => ({ name, inputSchema: { type: 'object' } }));
    const server = await scriptedServer(era, { 'tools/list': () => ({ tools }), 'tools/call': () => done });
    const { upstream, call } = await listed(server.url);
    expect(upstream.tools.map(({ name }) => name.slice(0, 20)).sort()).toEqual([
      'up___proto__',
      'up_constructor',
      'up_echo',
      `up_${'x'.repeat(17)}`,
    ]);
    expect(await call('up___proto__')).toMatchObject({ ok: true });
    for (const { name } of upstream.report().withheld) expect(name.length).toBeLessThanOrEqual(256);
  });

  test.each<readonly [string, Answer]>([
    ['that repeats its cursor', () => ({ tools: [echo], nextCursor: 'again' })],
    ['whose cursors never end', () => ({ tools: [echo], nextCursor: String(Math.random()) })],
    ['with 2,001 tools', () => ({ tools: Array.from({ length: 2001 }, (_, n) => ({ ...echo, name: `t${n}` })) })],
    ['without a list', () => ({})],
    ['that is an object', () => ({ tools: { 0: echo } })],
    ['that is null', () => ({ tools: null })],
    [
      'that is no JSON',
      (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"'),
    ],
    ['that is empty', (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end()],
    ['without content', (_, response) => void response.writeHead(204).end()],
    ['in another type', (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>')],
    ['that is cut', (_, response) => cut(response)],
    ['with the answer to another request', ({ message }, response) => json(response, `${message.id}0`, '{"tools":[]}')],
  ])('keeps its tools when it then sends a list %s', async (_, broken) => {
    let isBroken = false;
    const server = await scriptedServer(era, {
      'tools/list': (...given) => (isBroken ? broken(...given) : { tools: [echo], nextCursor: undefined }),
      'tools/call': () => done,
    });
    const { upstream, call } = await listed(server.url);
    isBroken = true;
    await expect(upstream.readTools()).rejects.toThrow(/\S/u);
    expect(upstream.tools.map(({ name }) => name)).toEqual(['up_echo']);
    expect(await call('up_echo')).toMatchObject({ ok: true });
  });

  test.each<readonly [string, Answer]>([
    [
      'the last page leads to itself',
      ({ message }) =>
        message.params?.['cursor'] === undefined
          ? { tools: [echo], nextCursor: '2' }
          : { tools: [{ ...echo, name: 'second' }], nextCursor: '2' },
    ],
    ['the cursor is ignored', () => ({ tools: [echo, { ...echo, name: 'second' }], nextCursor: '2' })],
  ])('offers what was read of a list where %s, and says so', async (_, answer) => {
    const server = await scriptedServer(era, { 'tools/list': answer, 'tools/call': () => done });
    const { upstream, call, changes } = await listed(server.url);
    expect(upstream.tools.map(({ name }) => name)).toEqual(['up_echo', 'up_second']);
    expect(await call('up_second')).toMatchObject({ ok: true });
    await vi.waitFor(() => expect(upstream.report().listProblem).toContain('repeats a page'));
    expect(changes.filter(({ type }) => type === 'list_failed')).toHaveLength(1);
  });

  test('ends a list whose empty cursor leads to the same page again', async () => {
    const second = { tools: [{ ...echo, name: 'second' }], nextCursor: '' };
    const server = await scriptedServer(era, {
      'tools/list': ({ message }) =>
        message.params?.['cursor'] === undefined ? { tools: [echo], nextCursor: '2' } : second,
    });
    const { upstream } = await listed(server.url);
    expect(upstream.tools.map(({ name }) => name)).toEqual(['up_echo', 'up_second']);
  });

  test.each([
    ['text', 'plain', 'plain'],
    ['one block', { type: 'text', text: 'alone' }, 'alone'],
  ])('may give %s for the content of a result', async (_, content, text) => {
    const server = await scriptedServer(era, {
      'tools/list': () => ({ tools: [echo] }),
      'tools/call': () => ({ content }),
    });
    const { call } = await listed(server.url);
    expect((await call('up_echo')).content).toEqual([{ type: 'text', text }]);
  });

  test('follows an empty cursor', async () => {
    const server = await scriptedServer(era, {
      'tools/list': ({ message }) =>
        message.params?.['cursor'] === ''
          ? { tools: [{ ...echo, name: 'second' }] }
          : { tools: [echo], nextCursor: '' },
    });
    const { upstream } = await listed(server.url);
    expect(upstream.tools).toHaveLength(2);
  });

  test.each<readonly [string, unknown]>([
    ['a number', 17],
    ['null', null],
    ['a list', [1]],
    ['nothing in it', {}],
    ['content that is text', { content: 'x' }],
    ['content of nothing', { content: [null, 1, [], {}] }],
    ['five thousand blocks', { content: Array.from({ length: 5000 }, () => ({ type: 'text', text: '' })) }],
    ['structured content that is a list', { content: [], structuredContent: [1] }],
    ['an error mark that is text', { content: [], isError: 'yes' }],
    ['an unknown kind', { resultType: 'banana', content: [] }],
    ['a resource without an address', { content: [{ type: 'resource', resource: { text: 'x' } }] }],
    ['an image of a number', { content: [{ type: 'image', data: 5, mimeType: 'image/png' }] }],
    ['members of the language', JSON.parse('{"content":[],"__proto__":{"isError":true},"constructor":1}')],
  ])('answers a call with %s, and the next call with a result', async (_, result) => {
    let answers = 0;
    const server = await scriptedServer(era, {
      'tools/list': () => ({ tools: [echo] }),
      'tools/call': ({ message }, response) => {
        answers += 1;
        if (answers > 1) return done;
        return json(response, message.id, JSON.stringify(result));
      },
    });
    const { call } = await listed(server.url);
    const first = await call('up_echo');
    expect(first.ok || first.error !== undefined).toBe(true);
    expect(await call('up_echo')).toMatchObject({ ok: true, content: done.content });
  });

  test('answers a call with deep structured content, and the next call with a result', async () => {
    let answers = 0;
    const server = await scriptedServer(era, {
      'tools/list': () => ({ tools: [echo] }),
      'tools/call': ({ message }, response) => {
        answers += 1;
        if (answers > 1) return done;
        return json(response, message.id, `{"content":[],"structuredContent":${nested(50_000, 'a')}}`);
      },
    });
    const { call } = await listed(server.url);
    expect((await call('up_echo')).ok).toBe(false);
    expect(await call('up_echo')).toMatchObject({ ok: true });
  });

  test('that sends what nobody asked for gets no further than its answer', async () => {
    const server = await scriptedServer(era, {
      'tools/list': () => ({ tools: [echo] }),
      'tools/call': ({ message }, response) => {
        const send = stream(response);
        send(
          { id: 'unknown', result: { content: [] } },
          { id: 10 ** 9, error: { code: -1, message: 'no' } },
          { id: null, result: {} },
          { method: 'notifications/tools/list_changed', params: 'x' },
          { method: 'notifications/progress', params: { progressToken: 'other', progress: 1 } },
          { method: 'notifications/progress', params: { progress: 'x' } },
          { method: 'notifications/resources/updated', params: { uri: 5 } },
          { method: 'notifications/cancelled', params: { requestId: message.id } },
          { method: 'notifications/banana' },
          ...['sampling/createMessage', 'elicitation/create', 'roots/list', 'ping', 'tools/call', 'banana'].map(
            (method, n) => ({ id: `ask-${n}`, method, params: {} }),
          ),
          { id: message.id, result: done },
          { id: message.id, result: { content: [{ type: 'text', text: 'again' }] } },
        );
        response.end();
      },
    });
    const { call } = await listed(server.url);
    expect(await call('up_echo')).toMatchObject({ ok: true, content: done.content });
    expect(await call('up_echo')).toMatchObject({ ok: true, content: done.content });
  });

  test('delivers the progress that comes in one piece with its answer, and a flood of it', async () => {
    const server = await scriptedServer(era, {
      'tools/list': () => ({ tools: [echo] }),
      'tools/call': ({ message }, response) => {
        const { progressToken } = (message.params?.['_meta'] ?? {}) as { progressToken?: string };
        const progress = Array.from({ length: 5000 }, (_, n) => ({
          method: 'notifications/progress',
          params: { progressToken, progress: n + 1, total: n === 10 ? 'all' : 5000, message: 'x'.repeat(2000) },
        }));
        stream(response)(...progress, { id: message.id, result: done });
        response.end();
      },
    });
    const { upstream, callWithProgress } = await listed(server.url);
    const seen: number[] = [];
    const result = await callWithProgress('up_echo', ({ progress, message = '' }) => {
      expect(message.length).toBeLessThanOrEqual(1024);
      seen.push(progress);
    });
    expect(result).toMatchObject({ ok: true });
    expect(seen.at(-1)).toBe(5000);
    expect(upstream.report().running).toBe(0);
  });

  test('that announces two hundred changes is listed twice at most, and its last change counts', async () => {
    let names = ['echo'];
    let lists = 0;
    let announce: ((...messages: readonly unknown[]) => void) | undefined;
    const server = await scriptedServer(
      era,
      {
        'tools/list': () => {
          lists += 1;
          return { tools: names.map((name) => ({ ...echo, name })) };
        },
        'HTTP GET': (_, response) => void (announce = stream(response)),
        'subscriptions/listen': ({ message }, response) => {
          announce = stream(response);
          const params = { notifications: message.params?.['notifications'], _meta: subscription(message.id) };
          announce({ method: 'notifications/subscriptions/acknowledged', params });
          id = message.id;
        },
      },
      { tools: { listChanged: true } },
    );
    let id: unknown;
    const subscription = (of: unknown): object => ({ 'io.modelcontextprotocol/subscriptionId': of });
    const { upstream, changes } = await listed(server.url);
    await vi.waitFor(() => expect(announce).toBeDefined());
    const before = lists;
    for (let n = 0; n < 200; n += 1) {
      if (n === 199) names = ['echo', 'last'];
      announce?.({
        method: 'notifications/tools/list_changed',
        ...(id !== undefined && { params: { _meta: subscription(id) } }),
      });
    }
    await vi.waitFor(() => expect(upstream.tools).toHaveLength(2), { timeout: 5000 });
    expect(lists - before).toBeLessThanOrEqual(2);
    expect(changes.filter(({ type }) => type === 'tools').length).toBeLessThanOrEqual(2);
  });
});

test.each<readonly [string, unknown]>([
  ['versions that are no list', { resultType: 'complete', supportedVersions: 5, capabilities: {}, ttlMs: 0 }],
  ['capabilities of nothing', { resultType: 'complete', supportedVersions: ['2026-07-28'], capabilities: null }],
  ['a number', 17],
  ['null', null],
])('an upstream that introduces itself with %s fails with a reason', async (_, introduction) => {
  const answer: Answer = ({ message }, response) => json(response, message.id, JSON.stringify(introduction));
  const server = await scriptedServer('2026', { 'server/discover': answer, initialize: answer });
  const { upstream } = await listed(server.url, { startTimeoutMs: 2000 });
  expect(upstream.report()).toMatchObject({ state: 'failed', tools: [] });
  expect(upstream.report().problem).toMatch(/\S/u);
});

test('an upstream that never answers costs another one nothing', async () => {
  const silent = await scriptedServer('2026', { 'server/discover': () => undefined });
  const other = await scriptedServer('2026', { 'tools/list': () => ({ tools: [echo] }), 'tools/call': () => done });
  const { Upstream } = await import('../upstream.ts');
  await using first = new Upstream({ key: 'silent', http: { url: silent.url } });
  first.start();
  const { call } = await listed(other.url);
  expect(await call('up_echo')).toMatchObject({ ok: true });
  expect(first.report().state).toBe('starting');
});
