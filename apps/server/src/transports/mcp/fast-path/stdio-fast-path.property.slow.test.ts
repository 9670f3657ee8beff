/**
 * The fast path over stdio must be invisible: the same lines, sent through it and around it, are answered with messages of
 * the same meaning. Two connections over equal dependencies; the second one has no fast path.
 */
import { PassThrough, type Writable } from 'node:stream';

import type { McpRequestContext, McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';

import { localPrincipal } from '../../../access/principal.ts';
import type { ToolCallRequest } from '../../../calls/tool-call-request.ts';
import { ToolGateway } from '../../../calls/tool-gateway.ts';
import { ChangeNotifier } from '../sdk/connection/change-notifier.ts';
import { createProtocolServer } from '../sdk/protocol-server/protocol-server.ts';
import { createSharedDependencies } from '../sdk/connection/protocol-server-dependencies.ts';
import type { JsonObject } from '../protocol/json-object.ts';
import { readMessage } from '../sdk/stdio-sdk.ts';
import { startStdioEndpoint } from '../stdio-endpoint.ts';
import { StdioTransport } from '../stdio-transport.ts';
import {
  args,
  capabilities,
  extras,
  LEGACY_VERSION,
  likely,
  method,
  modernMeta,
  names,
  edgeCaseMembers,
  edgeCaseValues,
} from '../test-support/edge-case-requests.ts';
import { edgeCaseDependencies, edgeCaseTools, waiting } from '../test-support/edge-case-tools.ts';

let calls = 0;
let taken = 0;

/** Counts the calls of the fast path: only those come with an abort controller of their own. */
class CountingGateway extends ToolGateway {
  override call(request: ToolCallRequest): ReturnType<ToolGateway['call']> {
    calls++;
    if (request.abortController) taken++;
    return super.call(request);
  }
}

const tools = [...edgeCaseTools, waiting];
const principal = localPrincipal('stdio');

interface Connection {
  readonly input: Writable;
  readonly said: string[];
  close(): Promise<void>;
}

function connect(route: 'fast' | 'sdk'): Connection {
  const streams = { input: new PassThrough(), output: new PassThrough() };
  const said: string[] = [];
  let partial = '';
  streams.output.setEncoding('utf8').on('data', (text: string) => {
    const lines = (partial + text).split('\n');
    partial = lines.pop() ?? '';
    said.push(...lines);
  });
  if (route === 'fast') {
    const parts = edgeCaseDependencies((all) => new CountingGateway(all), tools);
    const options = { notifier: new ChangeNotifier(), onError: () => {}, onInvalidLine: () => {}, streams };
    const endpoint = startStdioEndpoint({ ...parts, ...options });
    return { input: streams.input, said, close: () => endpoint.close() };
  }
  const dependencies = edgeCaseDependencies((all) => new ToolGateway(all), tools);
  const shared = createSharedDependencies(dependencies);
  // The fast path recognises nothing before the transport has been given a protocol instance, and this one has the SDK from
  // the start, so that nothing is answered without it.
  const transport = new StdioTransport({
    ...dependencies,
    ...streams,
    principal,
    notifier: new ChangeNotifier(),
    onInvalidLine: () => {},
    connectSdk(to) {
      let connected: McpRequestContext['era'] | undefined;
      const factory = ({ era }: McpRequestContext): McpServer => {
        connected = era;
        return createProtocolServer(shared, { principal, era }).mcpServer;
      };
      const sdk = serveStdio(factory, { transport: to });
      const read = (value: JsonObject): ReturnType<typeof readMessage> => readMessage(value, connected);
      return Promise.resolve({ read, listens: () => {}, close: () => sdk.close() });
    },
  });
  transport.open();
  void transport.prepare();
  return { input: streams.input, said, close: () => transport.end() };
}

/** What was said, without what is drawn or measured anew for every call. Answers to different requests have no order. */
function meaning(said: readonly string[]): unknown[] {
  const steady = said.map((line) =>
    line
      .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
      .replaceAll(/"requestState":"[^"]*"/g, '"requestState":"SEALED"'),
  );
  return steady
    .map((line) => JSON.stringify(sorted(JSON.parse(line))))
    .toSorted()
    .map((line) => JSON.parse(line) as unknown);
}

/** With members in one order, so that equal messages are equal texts. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}

/** Operations that run on threads, such as sealing the state of an input request, and have not ended. */
let onThreads = 0;
let startedOnThreads = 0;

function countOperationsOnThreads(): void {
  const { subtle } = crypto;
  for (const name of ['sign', 'verify', 'importKey', 'digest', 'encrypt', 'decrypt'] as const) {
    const operation = subtle[name].bind(subtle) as (...all: unknown[]) => Promise<never>;
    vi.spyOn(subtle, name).mockImplementation(async (...all: unknown[]) => {
      onThreads++;
      startedOnThreads++;
      try {
        return await operation(...all);
      } finally {
        onThreads--;
      }
    });
  }
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Until the two have said the same and then nothing more for some turns; at the latest when one of them must be wrong. */
async function settled(one: Connection, other: Connection): Promise<void> {
  const latest = performance.now() + 20_000;
  for (let quiet = 0, before = -1; quiet < 10 && performance.now() < latest;) {
    await turn();
    const length = one.said.length + other.said.length;
    const same = length === before && one.said.length === other.said.length;
    quiet = same && onThreads === 0 ? quiet + 1 : 0;
    before = length;
  }
}

type Era = 'legacy' | 'modern';

/** A request mostly of its connection's era, sometimes of the other. */
const request = (era: Era): fc.Arbitrary<string> =>
  fc
    .record({
      era: likely<Era>(era, fc.constantFrom<Era>('legacy', 'modern'), 24),
      method,
      name: fc.oneof({ weight: 12, arbitrary: names }, { weight: 1, arbitrary: edgeCaseValues }),
      args,
      withoutArguments: likely(false, fc.constant(true)),
      meta: modernMeta,
      legacyMeta: fc.oneof(
        { weight: 12, arbitrary: fc.constant(undefined) },
        { weight: 3, arbitrary: extras },
        { weight: 1, arbitrary: edgeCaseValues },
      ),
      members: edgeCaseMembers,
      params: likely<unknown>('built', edgeCaseValues, 30),
      jsonrpc: likely<unknown>('2.0', edgeCaseValues, 30),
      id: likely<unknown>('ITS OWN', fc.oneof(fc.string({ maxLength: 4 }), fc.nat(9), edgeCaseValues), 12),
      more: likely<Record<string, unknown>>({}, fc.constantFrom({ x: 1 }, { result: {} }, { error: {} }), 40),
    })
    .map((drawn) => {
      const meta = drawn.era === 'modern' ? drawn.meta : drawn.legacyMeta;
      const built = {
        ...(drawn.method === 'tools/call' && {
          name: drawn.name,
          ...(!drawn.withoutArguments && { arguments: drawn.args }),
        }),
        ...drawn.members,
        ...(meta !== undefined && { _meta: meta }),
      };
      const params = drawn.params === 'built' ? built : drawn.params;
      return JSON.stringify({ jsonrpc: drawn.jsonrpc, id: drawn.id, method: drawn.method, params, ...drawn.more });
    });

const hostile = fc.constantFrom(
  '',
  '   ',
  '{',
  'null',
  '"text"',
  '[]',
  '[{"jsonrpc":"2.0","id":"batch","method":"ping"}]',
  '{"jsonrpc":"2.0","id":"cr","method":"ping"}\r',
  '{"jsonrpc":"2.0","id":"twice","id":"again","method":"ping"}',
  '{"jsonrpc":"2.0","id":"proto","method":"ping","__proto__":{"a":1}}',
  '{"jsonrpc":"2.0","id":"call","method":"tools/call","params":{"name":"echo","arguments":{"text":"ok","__proto__":1}}}',
  '{"jsonrpc":"2.0","id":"call","method":"tools/call","params":{"name":"nothing","__proto__":{"name":"echo"}}}',
  '{"jsonrpc":"2.0","id":1e400,"method":"ping"}',
  '{"jsonrpc":"2.0","id":1.0,"method":"ping"}',
  '{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}',
  `{"jsonrpc":"2.0","id":"${'i'.repeat(129)}","method":"ping"}`,
  '{"jsonrpc":"2.0","id":"\\ud800","method":"ping"}',
  `{"jsonrpc":"2.0","id":"deep","method":"ping","params":{"_meta":${'{"a":'.repeat(200)}1${'}'.repeat(200)}}}`,
  '\ufeff{"jsonrpc":"2.0","id":"bom","method":"ping"}',
  '{"jsonrpc":"2.0","method":"ping"}',
  '{"jsonrpc":"2.0","method":"notifications/initialized"}',
  '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"no such"}}',
  '{"jsonrpc":"2.0","method":"notifications/cancelled"}',
  '{"jsonrpc":"2.0","id":4711,"result":{}}',
  '{"jsonrpc":"2.0","id":4711,"error":{"code":1,"message":"m"}}',
  '{"jsonrpc":"2.0","id":"again","method":"initialize","params":{}}',
);

const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** A call that does not end, and what becomes of it: cancelled in the same breath, given a twin, left alone. */
const endless = (era: Era): fc.Arbitrary<string> =>
  fc
    .record({
      cancelled: fc.boolean(),
      twin: likely(false, fc.constant(true), 3),
      progress: fc.boolean(),
      reason: fc.option(edgeCaseValues, { nil: undefined }),
    })
    .map(({ cancelled, twin, progress, reason }) => {
      const meta = { ...(era === 'modern' && envelope), ...(progress && { progressToken: 1 }) };
      const params = { name: 'waits', arguments: {}, _meta: meta };
      const call = JSON.stringify({ jsonrpc: '2.0', id: 'ITS OWN', method: 'tools/call', params });
      const cancel = JSON.stringify({
        jsonrpc: '2.0',
        method: 'notifications/cancelled',
        params: { requestId: 'ITS OWN', reason },
      });
      return [call, ...(twin ? [call] : []), ...(cancelled ? [cancel] : [])].join('\n');
    });

const opening = (era: Era): fc.Arbitrary<string> =>
  era === 'modern'
    ? fc
        .constantFrom('server/discover', 'tools/list')
        .map((asked) =>
          [asked, 'tools/list']
            .map((name, id) =>
              JSON.stringify({ jsonrpc: '2.0', id: `opening ${id}`, method: name, params: { _meta: envelope } }),
            )
            .join('\n'),
        )
    : fc
        .record({
          capabilities,
          version: likely(LEGACY_VERSION, fc.constantFrom('2025-06-18', '2025-03-26', '2024-11-05', 'x'), 3),
          level: fc.constantFrom(undefined, 'warning', 'debug'),
        })
        .map(({ capabilities: can, version, level }) =>
          [
            {
              id: 'opening',
              method: 'initialize',
              params: { protocolVersion: version, capabilities: can, clientInfo: { name: 't', version: '1' } },
            },
            { method: 'notifications/initialized' },
            ...(level === undefined ? [] : [{ id: 'level', method: 'logging/setLevel', params: { level } }]),
            // An initialize that was refused opens nothing; this does.
            { id: 'first', method: 'ping' },
          ]
            .map((message) => JSON.stringify({ jsonrpc: '2.0', ...message }))
            .join('\n'),
        );

const conversation = fc.constantFrom<Era>('legacy', 'modern').chain((era) =>
  fc.record({
    opening: opening(era),
    messages: fc.array(
      fc.oneof(
        { weight: 30, arbitrary: request(era) },
        { weight: 3, arbitrary: hostile },
        { weight: 2, arbitrary: endless(era) },
      ),
      { minLength: 10, maxLength: 30 },
    ),
    /** Where the bytes are cut into chunks, as shares of their length. */
    cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
    /** Whether the chunks come in turns of their own. */
    slowly: fc.boolean(),
  }),
);

function chunksOf(text: string, cuts: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text);
  const ends = [...cuts.map((cut) => Math.floor(cut * bytes.length)), bytes.length].toSorted((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end)).filter(({ length }) => length > 0);
}

test(
  'every line is answered alike through the fast path over stdio and by the SDK alone',
  { timeout: 300_000 },
  async () => {
    countOperationsOnThreads();
    let lines = 0;
    await fc.assert(
      fc.asyncProperty(conversation, async (drawn) => {
        const text = drawn.messages.map((one, index) => one.replaceAll('"ITS OWN"', String(1000 + index))).join('\n');
        lines += text.split('\n').length;
        const [slow, fast] = [connect('sdk'), connect('fast')];
        for (const connection of [slow, fast]) connection.input.write(`${drawn.opening}\n`);
        await settled(slow, fast);
        for (const chunk of chunksOf(`${text}\n`, drawn.cuts)) {
          for (const connection of [slow, fast]) connection.input.write(chunk);
          if (drawn.slowly) await turn();
        }
        await settled(slow, fast);
        await Promise.all([slow.close(), fast.close()]);
        expect(meaning(fast.said)).toEqual(meaning(slow.said));
      }),
      { numRuns: 150 },
    );
    expect(lines).toBeGreaterThanOrEqual(2000);
    // Otherwise the sealing would not be waited for.
    expect(startedOnThreads).toBeGreaterThan(0);
    // The comparison would say nothing if the fast path took hardly any of them.
    expect(taken).toBeGreaterThan(calls / 2);
    expect(taken).toBeGreaterThan(lines / 5);
  },
);
