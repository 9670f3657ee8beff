/**
 * The fast path must be invisible: the same request, sent through it and around it, is answered with the same status,
 * headers and meaning. Two listeners over one endpoint; the second one bypasses the fast path.
 */
import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import * as fc from 'fast-check';
import { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { TestCredentials } from '../../../access/test-support/test-credentials.ts';
import { hostAndOriginLists } from '../../http/guard/host-and-origin.ts';
import { CallerShare } from '../../http/connections/caller-share.ts';
import { createRequestHandler } from '../../http/request-handler.ts';
import { mcpPostRoute, type McpPostDependencies } from '../../http/routes/mcp/mcp-post.ts';
import type { HttpEnv } from '../../http/routing/request-context.ts';
import { ToolGateway } from '../../../calls/tool-gateway.ts';
import { ChangeNotifier } from '../sdk/connection/change-notifier.ts';
import { StreamQuota } from '../protocol/stream-quota.ts';
import { SubscriptionStreams } from '../subscription-streams.ts';
import { McpHttpEndpoint } from '../http-endpoint.ts';
import {
  args,
  extras,
  LEGACY_VERSION,
  likely,
  method,
  modernMeta,
  names,
  edgeCaseMembers,
  edgeCaseValues,
} from '../test-support/edge-case-requests.ts';
import { edgeCaseDependencies } from '../test-support/edge-case-tools.ts';

const principal = { name: 'tester', scopes: ['tools:call'] };
let fast: Server;
let slow: Server;
let endpoint: McpHttpEndpoint;
let sessionId = '';
let taken = 0;

beforeAll(async () => {
  endpoint = new McpHttpEndpoint({
    ...edgeCaseDependencies((parts) => new ToolGateway(parts)),
    notifier: new ChangeNotifier(),
    callers: new TestCredentials(),
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

async function serve(routes: Parameters<typeof mcpPostRoute>[0]): Promise<Server> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const policy = hostAndOriginLists({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  const dependencies = {
    authenticator: { authenticate: () => ({ ok: true, principal }), requireScope: () => undefined },
    callerShare: new CallerShare(() => 1000),
    subscriptionStreams: new SubscriptionStreams({ callers: new TestCredentials(), quota: new StreamQuota() }),
    onError: () => {},
  } as unknown as McpPostDependencies;
  server.on(
    'request',
    createRequestHandler(
      () => new Hono<HttpEnv>(),
      () => policy,
      { record: () => {} },
      [mcpPostRoute(routes, dependencies)],
    ),
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
        // What asks its 2025-era client waits for the answer on the open stream; the input request is all there is to compare.
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

const ACCEPT_BOTH = 'application/json, text/event-stream';
const initialize: Sent = {
  headers: { accept: ACCEPT_BOTH, 'content-type': 'application/json' },
  body: JSON.stringify({
    jsonrpc: '2.0',
    id: 0,
    method: 'initialize',
    params: { protocolVersion: LEGACY_VERSION, capabilities: {}, clientInfo: { name: 't', version: '1' } },
  }),
};

const header = (usual: string | undefined, ...others: (string | undefined)[]): fc.Arbitrary<string | undefined> =>
  likely<string | undefined>(usual, fc.constantFrom(usual, ...others), 24);

const generated: fc.Arbitrary<Sent> = fc
  .record({
    modern: fc.boolean(),
    method,
    id: likely<unknown>(
      7,
      fc.oneof(fc.string({ maxLength: 4 }), fc.integer(), edgeCaseValues, fc.constant(undefined)),
      4,
    ),
    name: fc.oneof({ weight: 12, arbitrary: names }, { weight: 1, arbitrary: edgeCaseValues }),
    args,
    withoutArguments: likely(false, fc.constant(true)),
    meta: modernMeta,
    legacyMeta: fc.oneof(
      { weight: 6, arbitrary: fc.constant(undefined) },
      { weight: 3, arbitrary: extras },
      { weight: 1, arbitrary: edgeCaseValues },
    ),
    members: edgeCaseMembers,
    params: likely<unknown>('built', edgeCaseValues, 30),
    jsonrpc: likely<unknown>('2.0', edgeCaseValues, 30),
    accept: header(ACCEPT_BOTH, 'application/json', 'text/event-stream', '*/*', `${ACCEPT_BOTH};q=0.5`, undefined),
    headerVersion: header('its own', undefined, LEGACY_VERSION, '2026-07-28', '2025-06-18', '2024-11-05', 'x'),
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
        drawn.headerVersion === 'its own' ? (modern ? '2026-07-28' : LEGACY_VERSION) : drawn.headerVersion,
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

test('a kept connection announces its close with the last response, on the fast path and around it', async () => {
  for (const server of [fast, slow]) {
    server.maxRequestsPerSocket = 2;
    const statuses: number[] = [];
    for (let call = 0; call < 5; call++) statuses.push((await send(server, initialize)).status);
    server.maxRequestsPerSocket = 0;
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
  }
});

test('every request is answered alike through the fast path and around it', { timeout: 300_000 }, async () => {
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
  // The comparison would say nothing if the fast path took hardly any of them.
  expect(taken).toBeGreaterThan(cases / 8);
});
