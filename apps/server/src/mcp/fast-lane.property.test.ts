/**
 * The fast lane must not be seen: the same request, sent through it and around it, is answered with the same status,
 * headers and meaning. Two listeners over one endpoint; the second one never asks the fast lane.
 */
import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { defineTool, Tool, ToolError, toolContent, ToolRegistry } from '@mcp/tool-base';
import * as fc from 'fast-check';
import { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { TestCallers } from '../access/test-support/test-callers.ts';
import type { AuditTrail } from '../audit/audit-trail.ts';
import { CallLimit } from '../call-limit.ts';
import { MemoryEventBus } from '../events/memory-event-bus.ts';
import { createGuardPolicy } from '../http/guard.ts';
import { createListener } from '../http/listener.ts';
import { mcpRoutes } from '../http/mcp-route.ts';
import type { HttpEnv } from '../http/request-context.ts';
import { loggerTo } from '../log/logger.ts';
import { fromJsonSchema } from '../modules/json-schema-input.ts';
import { ToolGateway } from '../tool-gateway.ts';
import { noTracer } from '../tracing/call-tracer.ts';
import { ChangeNotifier } from './change-notifier.ts';
import { HandOvers } from './hand-over.ts';
import { HeldStreams } from './held-streams.ts';
import { McpHttpEndpoint } from './http-endpoint.ts';
import { PromptCatalog } from './prompts.ts';
import { ToolListing } from './tool-listing.ts';

const anyObject = fromJsonSchema({ type: 'object', properties: { text: {}, n: {} } });
const textOnly = fromJsonSchema<{ text: string }>({
  type: 'object',
  properties: { text: { type: 'string', maxLength: 20 } },
  required: ['text'],
});
const total = { type: 'object', properties: { total: { type: 'number' } }, required: ['total'] } as const;
const mirrored = fromJsonSchema<{ text?: string }>({
  type: 'object',
  properties: { text: { type: 'string', 'x-mcp-header': 'Text' } },
});
const run = { description: 'A tool of the test', input: anyObject, limits: { concurrency: 100 } };
const form = { type: 'object', properties: { ok: { type: 'boolean' } } } as const;
const definitions = [
  defineTool({ ...run, name: 'echo', input: textOnly, run: ({ text }) => text }),
  defineTool({ ...run, name: 'mirrored', input: mirrored, run: () => 'seen' }),
  defineTool({ ...run, name: 'nothing', run: () => undefined }),
  defineTool({ ...run, name: 'steering', run: () => 'a\u0007b\u2028c\u{1f600}\u0000"\\' }),
  defineTool({ ...run, name: 'structured', run: ({ n }) => ({ n, list: [1, { a: null }], text: 'ä' }) }),
  defineTool({ ...run, name: 'sum', output: fromJsonSchema(total), run: () => ({ total: 3 }) }),
  defineTool({ ...run, name: 'bad_sum', output: fromJsonSchema(total), run: () => ({ total: 'three' }) }),
  defineTool({ ...run, name: 'async', run: async ({ text }) => `got ${String(await text)}` }),
  defineTool({ ...run, name: 'later', run: () => new Promise((resolve) => setImmediate(() => resolve('at last'))) }),
  defineTool({ ...run, name: 'refuses', run: () => Promise.reject(new ToolError('tool_error', 'Not today.')) }),
  defineTool({
    ...run,
    name: 'picture',
    run: () =>
      toolContent({
        content: [
          { type: 'image', data: 'AAAA', mimeType: 'image/png' },
          { type: 'text', text: 'seen' },
        ],
        structured: { seen: true },
      }),
  }),
  defineTool({
    ...run,
    name: 'annotated',
    run: () => toolContent({ content: [{ type: 'text', text: 'x', annotations: { priority: 1 } } as never] }),
  }),
  defineTool({
    ...run,
    name: 'malformed',
    run: () => toolContent({ content: [{ type: 'text', text: 'x' }, { type: 'image' } as never] }),
  }),
  defineTool({
    ...run,
    name: 'talkative',
    run: async (_, { log }) => {
      log.info('one', { step: 1 });
      await Promise.resolve();
      log.warn('two');
      return 'done';
    },
  }),
  defineTool({
    ...run,
    name: 'curious',
    run: async (_, context) => (await context.askUser({ message: 'Well?', form })).action,
  }),
  defineTool({ ...run, name: 'careful', run: (_, { canAsk }) => `${canAsk('user')} ${canAsk('roots')}` }),
  defineTool({ ...run, name: 'off', run: () => 'never' }),
];

const principal = { name: 'tester', scopes: ['tools:call'] };
const audit: Pick<AuditTrail, 'record'> = { record: () => {} };
let fast: Server;
let slow: Server;
let endpoint: McpHttpEndpoint;
let sessionId = '';
let taken = 0;

beforeAll(async () => {
  const registry = new ToolRegistry();
  // An open breaker would make answers depend on the order of the cases.
  const breakerDefaults = { failureThreshold: 1_000_000 };
  for (const definition of definitions) registry.add(new Tool(definition, { breakerDefaults }));
  registry.disable('off');
  const gateway = new ToolGateway({
    registry,
    audit: audit as AuditTrail,
    events: new MemoryEventBus(),
    rateLimiter: { take: () => ({ allowed: true, remaining: 1 }) },
    limit: new CallLimit(1000),
    tracer: noTracer,
    logger: loggerTo({ level: 'error' }, { write: () => {} }),
  });
  endpoint = new McpHttpEndpoint({
    gateway,
    listing: new ToolListing(gateway),
    resources: [],
    prompts: new PromptCatalog([], () => {}),
    version: '1.2.3',
    instructions: () => 'Be careful.',
    handOvers: new HandOvers(),
    notifier: new ChangeNotifier(),
    callers: new TestCallers(),
    onError: () => {},
  });
  fast = await serve({
    handle: (...all) => endpoint.handle(...all),
    post: async (exchange) => {
      const answer = await endpoint.post(exchange);
      if (!(answer instanceof Response)) taken++;
      return answer;
    },
  });
  slow = await serve({
    handle: (...all) => endpoint.handle(...all),
    post: ({ request, body, principal: caller }) => endpoint.handle(request(), body, caller),
  });
  const opened = await send(slow, initialize);
  sessionId = String(opened.headers['mcp-session-id']);
});

afterAll(async () => {
  await endpoint.close();
  for (const server of [fast, slow]) server.closeAllConnections();
  await Promise.all([fast, slow].map((server) => once(server.close(), 'close')));
});

async function serve(routes: Parameters<typeof mcpRoutes>[0]): Promise<Server> {
  const app = new Hono<HttpEnv>();
  for (const { method, path, handle } of mcpRoutes(routes, new HeldStreams({ callers: new TestCallers() }))) {
    app.on(method, path, (context) => {
      context.set('principal', principal);
      return handle(context);
    });
  }
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const policy = createGuardPolicy({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  server.on(
    'request',
    createListener(app, () => policy, { note: () => {} }),
  );
  return server;
}

interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly messages: unknown;
}

function send(server: Server, { headers, body }: Sent): Promise<Answer> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', path: '/mcp', method: 'POST', headers: { ...headers } };
    const request = httpRequest(options, (response) => {
      let text = '';
      const done = (): void => {
        const type = String(response.headers['content-type']);
        resolve({
          status: response.statusCode ?? 0,
          headers: decisive(response.headers),
          messages: meaning(type, text),
        });
        if (!response.complete) request.destroy();
      };
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        // What asks its 2025-era client waits for the answer on the open stream; the question is all there is to compare.
        if (text.includes('"method":"elicitation/create"')) done();
      });
      response.once('end', done);
    });
    request.once('error', reject);
    request.end(body);
  });
}

function decisive(headers: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = ['content-type', 'cache-control', 'mcp-session-id', 'x-accel-buffering', 'allow', 'retry-after'];
  return Object.fromEntries(names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])));
}

/** The messages of a body, without what is drawn or measured anew for every call. */
function meaning(type: string, text: string): unknown {
  const steady = text
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
    .replaceAll(/"requestState":"[^"]*"/g, '"requestState":"SEALED"');
  if (steady === '') return '';
  if (!type.startsWith('text/event-stream')) return JSON.parse(steady) as unknown;
  const events = steady.split('\n\n').filter((event) => event !== '' && !event.startsWith(':'));
  return events.map((event) => JSON.parse(event.replace('event: message\ndata: ', '')) as unknown);
}

const legacyVersion = '2025-11-25';
const both = 'application/json, text/event-stream';
const initialize: Sent = {
  headers: { accept: both, 'content-type': 'application/json' },
  body: JSON.stringify({
    jsonrpc: '2.0',
    id: 0,
    method: 'initialize',
    params: { protocolVersion: legacyVersion, capabilities: {}, clientInfo: { name: 't', version: '1' } },
  }),
};

const likely = <T>(usual: T, odd: fc.Arbitrary<T>, weight = 16): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: odd });
const odds = fc.constantFrom<unknown[]>(null, 0, 1.5, '', 'x', true, [], {}, [1], { a: 1 }, -0, 2 ** 53, '\u0000');
const names = fc.constantFrom(
  ...definitions.map(({ name }) => name),
  'missing',
  '',
  '__proto__',
  'constructor',
  'echo ',
);
const method = fc.oneof(
  { weight: 12, arbitrary: fc.constant('tools/call') },
  { weight: 6, arbitrary: fc.constantFrom('tools/list', 'ping', 'server/discover') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('prompts/list', 'logging/setLevel', 'nope', 'toString', 'notifications/cancelled', ''),
  },
);
const args = fc.oneof(
  { weight: 8, arbitrary: fc.record({ text: fc.string({ maxLength: 24 }) }) },
  { weight: 2, arbitrary: fc.record({ text: fc.string(), n: fc.integer() }, { requiredKeys: [] }) },
  { weight: 1, arbitrary: odds },
);
const capabilities = likely<unknown>(
  {},
  fc.oneof(
    fc.constantFrom<unknown[]>(
      { elicitation: {} },
      { elicitation: { form: {} }, roots: {} },
      { sampling: { tools: {} } },
      { experimental: { a: {} } },
      { elicitation: { form: { applyDefaults: true } } },
      { roots: { listChanged: true } },
      { tasks: {} },
      { made: 'up' },
      { elicitation: true },
    ),
    odds,
  ),
  3,
);
const clientInfo = likely<unknown>(
  { name: 'test', version: '1' },
  fc.oneof(fc.constantFrom<unknown[]>({ name: 'a', version: '1', title: 'A' }, { name: 'a' }, { name: 1 }), odds),
);
const extras = likely<Record<string, unknown>>(
  {},
  fc.oneof(
    fc.constantFrom<Record<string, unknown>[]>(
      { progressToken: 'p' },
      { progressToken: 1.5 },
      { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
      { traceparent: 7 },
      { 'io.modelcontextprotocol/logLevel': 'debug' },
      { 'io.modelcontextprotocol/logLevel': 'loud' },
      { 'com.example/thing': { a: 1 } },
    ),
  ),
);
const version = likely<unknown>('2026-07-28', fc.oneof(fc.constantFrom('2026-07-29', legacyVersion, ''), odds));
const modernMeta = fc
  .record({ version, clientInfo, capabilities, extras, without: likely(-1, fc.nat(2)) })
  .map(({ version: named, clientInfo: client, capabilities: can, extras: more, without }) =>
    Object.fromEntries([
      ...[
        ['io.modelcontextprotocol/protocolVersion', named],
        ['io.modelcontextprotocol/clientInfo', client],
        ['io.modelcontextprotocol/clientCapabilities', can],
      ].filter((_, index) => index !== without),
      ...Object.entries(more),
    ]),
  );
const oddMembers = likely<Record<string, unknown>>(
  {},
  fc.constantFrom<Record<string, unknown>[]>(
    { cursor: 'x' },
    { task: {} },
    { requestState: 'x' },
    { inputResponses: {} },
  ),
  16,
);
const header = (usual: string | undefined, ...odd: (string | undefined)[]): fc.Arbitrary<string | undefined> =>
  likely<string | undefined>(usual, fc.constantFrom(usual, ...odd), 24);

const generated: fc.Arbitrary<Sent> = fc
  .record({
    modern: fc.boolean(),
    method,
    id: likely<unknown>(7, fc.oneof(fc.string({ maxLength: 4 }), fc.integer(), odds, fc.constant(undefined)), 4),
    name: fc.oneof({ weight: 12, arbitrary: names }, { weight: 1, arbitrary: odds }),
    args,
    withoutArguments: likely(false, fc.constant(true)),
    meta: modernMeta,
    legacyMeta: fc.oneof(
      { weight: 6, arbitrary: fc.constant(undefined) },
      { weight: 3, arbitrary: extras },
      { weight: 1, arbitrary: odds },
    ),
    members: oddMembers,
    params: likely<unknown>('built', odds, 30),
    jsonrpc: likely<unknown>('2.0', odds, 30),
    accept: header(both, 'application/json', 'text/event-stream', '*/*', `${both};q=0.5`, undefined),
    headerVersion: header('its own', undefined, legacyVersion, '2026-07-28', '2025-06-18', '2024-11-05', 'x'),
    headerMethod: header('its own', undefined, 'tools/call', 'TOOLS/CALL'),
    headerName: header('its own', undefined, 'echo', '=?base64?ZWNobw==?='),
    session: fc.constantFrom(undefined, undefined, 'open', 'open', 'none'),
  })
  .map((drawn) => {
    const { modern, name } = drawn;
    const meta = modern ? drawn.meta : drawn.legacyMeta;
    const call = drawn.method === 'tools/call';
    const built = {
      ...(call && { name, ...(!drawn.withoutArguments && { arguments: drawn.args }) }),
      ...drawn.members,
      ...(meta !== undefined && { _meta: meta }),
    };
    const params = drawn.params === 'built' ? built : drawn.params;
    const headers: Record<string, string | undefined> = {
      'content-type': 'application/json',
      accept: drawn.accept,
      'mcp-protocol-version':
        drawn.headerVersion === 'its own' ? (modern ? '2026-07-28' : legacyVersion) : drawn.headerVersion,
      'mcp-method': drawn.headerMethod === 'its own' ? (modern ? drawn.method : undefined) : drawn.headerMethod,
      'mcp-name': drawn.headerName === 'its own' ? (modern && call ? headerText(name) : undefined) : drawn.headerName,
      'mcp-session-id': drawn.session === 'open' ? 'OPEN' : drawn.session,
    };
    return {
      headers: Object.fromEntries(
        Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
      ),
      body: JSON.stringify({ jsonrpc: drawn.jsonrpc, id: drawn.id, method: drawn.method, params }),
    };
  });

function headerText(name: unknown): string | undefined {
  return typeof name === 'string' && /^[\x21-\x7e]+$/.test(name) ? name : undefined;
}

test('a client that keeps its connection is told when it has served all its requests, whichever way answers', async () => {
  for (const server of [fast, slow]) {
    server.maxRequestsPerSocket = 2;
    const statuses: number[] = [];
    for (let call = 0; call < 5; call++) statuses.push((await send(server, initialize)).status);
    server.maxRequestsPerSocket = 0;
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
  }
});

test(
  'a request is answered alike through the fast lane and around it, whatever it is',
  { timeout: 120_000 },
  async () => {
    let cases = 0;
    await fc.assert(
      fc.asyncProperty(generated, async ({ headers, body }) => {
        cases++;
        const session = headers['mcp-session-id'] === 'OPEN' ? { 'mcp-session-id': sessionId } : {};
        const sent = { headers: { ...headers, ...session }, body };
        const [expected, seen] = [await send(slow, sent), await send(fast, sent)];
        expect(seen).toEqual(expected);
      }),
      { numRuns: 2500 },
    );
    expect(cases).toBeGreaterThanOrEqual(2000);
    // The comparison would say nothing if the fast lane took hardly any of them.
    expect(taken).toBeGreaterThan(cases / 8);
  },
);
