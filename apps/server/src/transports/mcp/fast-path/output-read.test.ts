/** `resources/read` of kept output without the SDK answers what the SDK would answer. */
import { defineTool, fromJsonSchema } from '@mcp/tool-base';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Principal } from '../../../access/principal.ts';
import { OfferedResources } from '../../../catalog/offered-resources.ts';
import { envelope, initialize, post } from '../test-support/messages.ts';
import { ann, TestJobServer } from '../test-support/test-job-server.ts';

const bob: Principal = { name: 'bob', scopes: ['tools:call'] };
const offered = new OfferedResources();
let server: TestJobServer;
let sessionId: string;
let id: string;

beforeAll(async () => {
  const input = fromJsonSchema({ type: 'object' });
  const work = defineTool({ name: 'work', description: 'Works', job: { mode: 'auto' }, input, run: () => 'done' });
  server = new TestJobServer([work], { offeredResources: offered });
  await server.endpoint.prepare();
  const { request, body } = post(initialize);
  sessionId = (await server.endpoint.handle(request, body, ann)).headers.get('mcp-session-id') ?? '';
  id = await kept('äöü "quoted" \\ \u0000\u001b[1m\u2028 line\n'.repeat(20), Uint8Array.of(0xff, 0, 0x61));
});
afterAll(() => server[Symbol.asyncDispose]());

async function kept(stdout: string, stderr: Uint8Array): Promise<string> {
  const output = server.jobs.keepCall('work', ann.name);
  output.write('stdout', Buffer.from(stdout));
  output.write('stderr', stderr);
  const hint = (await output.close())?.('stdout', 0) ?? '';
  return /"executionId":"(?<id>[^"]+)"/.exec(hint)?.groups?.['id'] ?? '';
}

interface Read {
  readonly era: 'modern' | 'legacy';
  readonly uri: unknown;
  readonly principal?: Principal;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly message: unknown;
}

/** What the endpoint answers, and what the SDK does. */
async function both({ era, uri, principal = ann, params, headers }: Read): Promise<{
  readonly isFast: boolean;
  readonly answer: Answer;
  readonly sdk: Answer;
}> {
  const isModern = era === 'modern';
  const sent = {
    ...(isModern
      ? { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'resources/read', 'mcp-name': String(uri) }
      : { 'mcp-protocol-version': '2025-11-25', 'mcp-session-id': sessionId }),
    ...headers,
  };
  const message = {
    method: 'resources/read',
    id: 7,
    params: { uri, ...(isModern && { _meta: envelope }), ...params },
  };
  const { request, body } = post(message, sent);
  const answered = await server.endpoint.post({
    headers: { accept: 'application/json, text/event-stream', ...sent },
    body: body as Record<string, unknown>,
    principal,
    address: '127.0.0.1',
    request: () => request.clone(),
    onDisconnect: () => () => {},
  });
  const isFast = !(answered instanceof Response);
  const response = isFast
    ? new Response(answered.body, { status: answered.status ?? 200, headers: pairs(answered.headers) })
    : answered;
  return {
    isFast,
    answer: await read(response),
    sdk: await read(await server.endpoint.handle(request, body, principal)),
  };
}

function pairs(headers: readonly string[]): [string, string][] {
  return headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1] ?? ''] as [string, string]] : []));
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const data = text.startsWith('event:') ? text.replace('event: message\ndata: ', '') : text;
  return { status: response.status, type: response.headers.get('content-type'), message: JSON.parse(data) as unknown };
}

describe.each(['modern', 'legacy'] as const)('a client of the %s era', (era) => {
  const address = (rest = ''): string => `mcp://executions/${id}/${rest}`;

  test.each(['stdout', 'stderr', 'stdout?offset=3&limit=17', 'stdout?limit=262144', 'stdout?offset=99999', 'stdout?'])(
    'gets a page of its output on the fast path: %s',
    async (rest) => {
      const { isFast, answer, sdk } = await both({ era, uri: address(rest) });
      expect(isFast).toBe(true);
      expect(answer).toEqual(sdk);
      expect(answer).toMatchObject({ status: 200, message: { id: 7, result: { contents: [{ _meta: {} }] } } });
    },
  );

  test.each<[string, () => Omit<Read, 'era'>]>([
    ['a range that is none', () => ({ uri: address('stdout?limit=3') })],
    ['a stream that is none', () => ({ uri: address('stdin') })],
    ['another address', () => ({ uri: 'test://note' })],
    ['no address', () => ({ uri: 7 })],
    ['an execution that never was', () => ({ uri: `mcp://executions/${'A'.repeat(27)}/stdout` })],
    [
      'a foreign execution',
      () => ({ uri: address('stdout'), principal: era === 'modern' ? bob : { ...ann, scopes: [] } }),
    ],
    ['a member that it does not know', () => ({ uri: address('stdout'), params: { cursor: 'x' } })],
    [
      'another name in the header',
      () => ({ uri: address('stdout'), headers: { 'mcp-name': 'x', 'mcp-session-id': 'x' } }),
    ],
  ])('is answered by the SDK: %s', async (_, differences) => {
    const { isFast, answer, sdk } = await both({ era, ...differences() });
    expect(isFast).toBe(false);
    expect(answer).toEqual(sdk);
  });

  test('gets what an upstream has at such an address', async () => {
    const uri = address('stdout');
    offered.offer('up', {
      resources: [],
      templates: [],
      isOpenTo: () => true,
      owns: (given) => given === uri,
      read: async () => [{ uri, text: 'of the upstream' }],
      complete: async () => [],
      subscribe: () => ({ [Symbol.dispose]: () => {} }),
    });
    const { answer, sdk } = await both({ era, uri });
    offered.offer('up', undefined);
    expect(answer).toEqual(sdk);
    expect(answer).toMatchObject({ message: { result: { contents: [{ text: 'of the upstream' }] } } });
  });

  test('gets the same from both, whatever was printed and wherever it begins', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 });
    const bytes = fc.oneof(
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
      { weight: 2, arbitrary: fc.constant(undefined) },
    );
    const query = fc.record({ offset: fc.nat({ max: 80 }), limit: fc.integer({ min: 15, max: 60 }) });
    await fc.assert(
      fc.asyncProperty(text, bytes, query, async (stdout, stderr, { offset, limit }) => {
        const execution = await kept(stdout, stderr ?? Buffer.from(stdout));
        for (const stream of ['stdout', 'stderr']) {
          const uri = `mcp://executions/${execution}/${stream}?offset=${offset}&limit=${limit}`;
          const { answer, sdk } = await both({ era, uri });
          expect(answer).toEqual(sdk);
        }
      }),
      { numRuns: 60 },
    );
  });
});
