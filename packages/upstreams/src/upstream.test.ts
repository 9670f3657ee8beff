import { describe, expect, test } from 'vitest';

import { listed } from './test-support/listed.ts';
import { scriptedServer } from './test-support/scripted-server.ts';

const echo = { name: 'echo', description: 'Says it again', inputSchema: { type: 'object' } };
const eras = ['2025', '2026'] as const;

describe.each(eras)('an upstream of the %s era', (era) => {
  test('offers its tools under its key, and passes arguments and results', async () => {
    const server = await scriptedServer(era, {
      'tools/list': () => ({ tools: [echo] }),
      'tools/call': ({ message }) => ({
        content: [{ type: 'text', text: JSON.stringify(message.params?.['arguments']) }],
      }),
    });
    const { upstream, call } = await listed(server.url);
    expect(upstream.tools.map(({ name }) => name)).toEqual(['up_echo']);
    expect(upstream.report()).toMatchObject({ state: 'ready', protocol: { era }, withheld: [] });
    const { upstream: owner } = upstream.tools[0]!;
    expect([owner?.name, owner?.tool, owner?.era()]).toEqual(['up', 'echo', era]);
    const result = await call('up_echo', { text: 'x', undeclared: 1 });
    expect(result.content).toEqual([{ type: 'text', text: '{"text":"x","undeclared":1}' }]);
  });

  test('loses only the tools that cannot be offered, each with its reason', async () => {
    let deep: object = { type: 'string' };
    for (let level = 0; level < 33; level += 1) deep = { type: 'object', properties: { a: deep } };
    const server = await scriptedServer(era, {
      'tools/list': () => ({
        tools: [
          echo,
          { name: 'text', inputSchema: { type: 'string' } },
          { name: 'none' },
          { name: 'any', inputSchema: { anyOf: [{ type: 'object' }] } },
          { name: 'foreign', inputSchema: { type: 'object', properties: { a: { $ref: 'http://x.test/s' } } } },
          { name: 'deep', inputSchema: deep },
          { name: 'large', inputSchema: { type: 'object', title: 'x'.repeat(263_000) } },
          { name: 'tags', description: `a\u{e0041}b`, inputSchema: { type: 'object' } },
          { name: 'read.x', inputSchema: { type: 'object' } },
          { name: 'read_x', inputSchema: { type: 'object' } },
          { name: 'task', execution: { taskSupport: 'required' }, inputSchema: { type: 'object' } },
          { name: 'either', execution: { taskSupport: 'optional' }, inputSchema: { type: 'object' } },
          17,
        ],
      }),
    });
    const { upstream } = await listed(server.url);
    expect(upstream.tools.map(({ name }) => name)).toEqual(['up_any', 'up_echo', 'up_either', 'up_none']);
    const { withheld } = upstream.report();
    expect(withheld.map(({ name }) => name)).toEqual([
      '(no name)',
      'deep',
      'foreign',
      'large',
      'read.x',
      'read_x',
      'tags',
      'task',
      'text',
    ]);
    expect(new Set(withheld.map(({ reason }) => reason)).size).toBe(8);
  });

  test('keeps the blocks of a result that can be read when one cannot', async () => {
    const server = await scriptedServer(era, {
      'tools/list': () => ({ tools: [{ ...echo, outputSchema: { type: 'object', required: ['n'] } }] }),
      'tools/call': () => ({
        content: [
          { type: 'hologram', data: 1 },
          { type: 'text', text: 'kept' },
          { type: 'image', mimeType: 1, data: 'AA==' },
        ],
        structuredContent: { m: 1 },
      }),
    });
    const { call } = await listed(server.url);
    const result = await call('up_echo');
    expect(result).toMatchObject({ ok: true, structured: { m: 1 } });
    expect(result.content).toEqual([
      { type: 'text', text: '[not passed on: a content block of the type hologram]' },
      { type: 'text', text: 'kept' },
      { type: 'image', mimeType: 'application/octet-stream', data: 'AA==' },
    ]);
  });

  test('that reports a failed tool is answered with tool_error and its text, and no breaker counts it', async () => {
    const server = await scriptedServer(era, {
      'tools/list': () => ({ tools: [echo] }),
      'tools/call': () => ({ isError: true, content: [{ type: 'text', text: 'no such file' }] }),
    });
    const { upstream, call } = await listed(server.url);
    for (let n = 0; n < 20; n += 1) await call('up_echo');
    const { error, content } = await call('up_echo');
    expect(error?.type).toBe('tool_error');
    expect(content.at(-1)).toEqual({ type: 'text', text: 'no such file' });
    expect(upstream.report().circuitBreaker).toBe('closed');
  });
});

test('an upstream that cannot be reached says so, and does not fail the caller’s authentication', async () => {
  const { upstream } = await listed('http://127.0.0.1:1/mcp');
  expect(upstream.report()).toMatchObject({ state: 'failed', problem: 'No connection to 127.0.0.1:1 (ECONNREFUSED).' });
  expect(upstream.tools).toEqual([]);
});

test('a lost session is begun again once for all waiting calls', async () => {
  let session = 0;
  const server = await scriptedServer('2025', {
    initialize: (_, response) => {
      session += 1;
      response.setHeader('mcp-session-id', `session-${session}`);
      return { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } };
    },
    'tools/list': () => ({ tools: [echo] }),
    'tools/call': ({ headers }, response) => {
      if (headers['mcp-session-id'] === 'session-1') return void response.writeHead(404).end();
      return { content: [{ type: 'text', text: 'done' }] };
    },
  });
  const { call } = await listed(server.url);
  const results = await Promise.all(Array.from({ length: 16 }, () => call('up_echo')));
  expect(
    results.filter(({ ok }) => ok).length + results.filter(({ error }) => error?.type === 'resource_exhausted').length,
  ).toBe(16);
  expect(server.countOf('initialize')).toBe(2);
});

test('a call whose connection broke after it was sent is not sent again, unless it is idempotent', async () => {
  const server = await scriptedServer('2026', {
    'tools/list': () => ({ tools: [echo] }),
    'tools/call': (_, response) => void response.destroy(),
  });
  const once = await listed(server.url);
  expect((await once.call('up_echo')).error).toMatchObject({
    type: 'execution_error',
    message: expect.stringContaining('the outcome is unknown'),
  });
  expect(server.countOf('tools/call')).toBe(1);
  const twice = await listed(server.url, { tools: { overrides: { echo: { idempotent: true } } } });
  await twice.call('up_echo');
  expect(server.countOf('tools/call')).toBe(3);
});

test('credentials and redirects stay with the origin of the URL', async () => {
  const other = await scriptedServer('2026', {});
  const server = await scriptedServer('2026', {
    'tools/list': (_, response) => void response.writeHead(307, { location: `${other.url}/mcp/?key=s3cret` }).end(),
  });
  const { upstream } = await listed(server.url, { http: { url: server.url, headers: { 'x-key': 'k' } } });
  expect(upstream.report().listProblem).toContain(
    `redirects to ${new URL(other.url).origin}${new URL(`${other.url}/mcp/`).pathname}. If that is the upstream, make it the url; redirects are not followed.`,
  );
  expect(other.received).toEqual([]);
  expect(server.received.every(({ headers }) => headers['x-key'] === 'k')).toBe(true);
});

test('a rejected credential is unavailable, never the caller’s own', async () => {
  const server = await scriptedServer('2026', {
    'tools/list': () => ({ tools: [echo] }),
    'tools/call': (_, response) => void response.writeHead(401).end('secret detail'),
  });
  const { call } = await listed(server.url);
  const { error } = await call('up_echo');
  expect(error?.type).toBe('unavailable');
  expect(JSON.stringify(error)).not.toContain('secret detail');
});

const fetcher = { name: 'fetch', inputSchema: { type: 'object', properties: { url: { type: 'string' } } } };

test('an argument that is declared as a target passes the target policy before the upstream sees it', async () => {
  const server = await scriptedServer('2026', {
    'tools/list': () => ({ tools: [fetcher] }),
    'tools/call': () => ({ content: [] }),
  });
  const { call } = await listed(server.url, { tools: { overrides: { fetch: { targets: { url: 'url' } } } } });
  for (const url of ['http://169.254.169.254/latest', 'file:///etc/passwd', 17, ['http://10.0.0.1/']]) {
    expect((await call('up_fetch', { url })).error?.type).toBe('validation_error');
  }
  expect(server.countOf('tools/call')).toBe(0);
  expect((await call('up_fetch', { url: 'http://10.0.0.5/x' })).ok).toBe(true);
  expect(server.received.at(-1)?.message.params).toMatchObject({ arguments: { url: 'http://10.0.0.5/x' } });
});

test('a tool without the argument that is to be checked is withheld alone', async () => {
  const server = await scriptedServer('2026', { 'tools/list': () => ({ tools: [echo, fetcher] }) });
  const { upstream } = await listed(server.url, { tools: { overrides: { fetch: { targets: { uri: 'url' } } } } });
  expect(upstream.tools.map(({ name }) => name)).toEqual(['up_echo']);
  expect(upstream.report().withheld).toEqual([
    { name: 'fetch', reason: expect.stringContaining('overrides.fetch.targets checks the argument uri') },
  ]);
});

test('alternatives at the top level of an input schema are published as one object; arguments are checked as the upstream wrote them', async () => {
  const inputSchema = {
    type: 'object',
    properties: { id: { type: 'string' }, name: { type: 'string' } },
    oneOf: [{ required: ['id'] }, { required: ['name'] }],
  };
  const nested = { type: 'object', properties: { at: { anyOf: [{ type: 'string' }, { type: 'integer' }] } } };
  const server = await scriptedServer('2026', {
    'tools/list': () => ({
      tools: [
        { name: 'find', inputSchema },
        { name: 'nested', inputSchema: nested },
      ],
    }),
    'tools/call': () => ({ content: [{ type: 'text', text: 'found' }] }),
  });
  const { upstream, call } = await listed(server.url);
  const [find, other] = upstream.tools;
  expect(find?.inputJsonSchema).toMatchObject({ type: 'object', properties: inputSchema.properties });
  expect(find?.inputJsonSchema).not.toHaveProperty('oneOf');
  expect(find?.inputJsonSchema?.['description']).toMatch(/id|name/);
  expect(other?.inputJsonSchema).toEqual(nested);
  expect((await call('up_find', { id: '1' })).ok).toBe(true);
});
