/** The client of the tasks extension, `@modelcontextprotocol/ext-tasks`, against the built server over HTTP and stdio. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import {
  createApplicationInputHandler,
  createTaskSessionFromClient,
  resultFromTaskOutcome,
  type JsonRpcResponse,
  type RawClientDispatch,
} from '@modelcontextprotocol/ext-tasks/client';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { httpOptions, stdioOptions } from '../harness/clients.ts';
import { postModern } from '../harness/modern-request.ts';
import { scratch, startHttpServer, type Scratch } from '../harness/server-process.ts';

const VERSION = '2026-07-28';
const clientInfo = { name: 'e2e', version: '1.0.0' };
const clientCapabilities = { elicitation: {} };
const configuration = `
security: { rateLimit: { requests: 10000, window: 60 } }
presets: []
jobs: { store: memory, taskAfter: 0.1 }
modules: [${JSON.stringify(fileURLToPath(new URL('../conformance/everything.ts', import.meta.url)))}]
`;

let place: Scratch;
let cleanUp: (() => Promise<unknown>)[];
beforeEach(() => {
  place = scratch();
  cleanUp = [];
});
afterEach(async () => {
  for (const step of cleanUp.toReversed()) await step();
  place[Symbol.dispose]();
});

interface Connected {
  readonly client: Client;
  /** Requests that the SDK's client cannot send: it does not know tasks. */
  readonly rawDispatch: RawClientDispatch;
}

let lastId = 0;

interface RawRequest {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

function responseOf(message: object): JsonRpcResponse {
  const { result, error } = message as { readonly result?: unknown; readonly error?: unknown };
  return (error === undefined ? { kind: 'result', result } : { kind: 'error', error }) as JsonRpcResponse;
}

function newClient(): Client {
  return new Client(clientInfo, { capabilities: clientCapabilities, versionNegotiation: { mode: { pin: VERSION } } });
}

async function overHttp(): Promise<Connected> {
  const server = await startHttpServer({ configuration });
  cleanUp.push(() => server.stop());
  const url = new URL('/mcp', server.url);
  const client = newClient();
  await client.connect(new StreamableHTTPClientTransport(url, httpOptions));
  cleanUp.push(() => client.close());
  const rawDispatch: RawClientDispatch = async (request) => {
    const { method, params } = request as unknown as RawRequest;
    return responseOf(await postModern(server.url, VERSION, { id: `raw-${++lastId}`, method, params }));
  };
  return { client, rawDispatch };
}

async function overStdio(): Promise<Connected> {
  const configFile = place.write('config.yaml', configuration);
  const transport = new StdioClientTransport(stdioOptions({ configFile, folder: place.folder }));
  const client = newClient();
  await client.connect(transport);
  cleanUp.push(() => client.close());
  const waiting = new Map<unknown, (response: JsonRpcResponse) => void>();
  const forClient = transport.onmessage;
  transport.onmessage = (message) => {
    const resolve = 'id' in message && !('method' in message) ? waiting.get(message.id) : undefined;
    if (resolve) resolve(responseOf(message));
    else forClient?.(message);
  };
  const rawDispatch: RawClientDispatch = (request) =>
    new Promise((resolve, reject) => {
      const id = `raw-${++lastId}`;
      waiting.set(id, resolve);
      transport.send({ jsonrpc: '2.0', id, ...(request as unknown as RawRequest) } as never).catch(reject);
    });
  return { client, rawDispatch };
}

/** Values for the fields of a form, and for no others: an answer that does not fit is asked for again. */
function fill(form: unknown): Record<string, string | boolean> {
  const { properties } = form as { readonly properties: Readonly<Record<string, { readonly type: string }>> };
  return Object.fromEntries(
    Object.entries(properties).map(([name, { type }]) => [name, type === 'boolean' ? true : 'Ada']),
  );
}

function sessionOf({ client, rawDispatch }: Connected): ReturnType<typeof createTaskSessionFromClient> {
  const refuse = (): never => {
    throw new Error('Only the user is asked.');
  };
  return createTaskSessionFromClient(client, {
    endpointId: 'e2e',
    rawDispatch,
    v2RequestFraming: { protocolVersion: VERSION, clientInfo, clientCapabilities },
    onInputRequest: createApplicationInputHandler({
      elicitation: ({ params }) => ({ action: 'accept', content: fill(params['requestedSchema']) }),
      sampling: refuse,
      roots: refuse,
    }),
  });
}

describe.each([
  ['HTTP', overHttp],
  ['stdio', overStdio],
] as const)('over %s', (_, connect) => {
  test('a long run is a task that ends with its result, and a short one is a result', async () => {
    const session = sessionOf(await connect());
    cleanUp.push(() => session.close());
    const long = await session.callTool('slow_compute', { seconds: 1, label: 'long' });
    expect(long.kind).toBe('task');
    expect(resultFromTaskOutcome((await long.settle()).outcome)).toMatchObject({
      content: [{ type: 'text', text: 'Computed long in 1 s.' }],
    });
    expect((await session.callTool('greet', { name: 'Ada' })).kind).toBe('immediate');
  });

  test('a task asks the user, before it begins and while it runs', async () => {
    const session = sessionOf(await connect());
    cleanUp.push(() => session.close());
    for (const [name, values, text] of [
      ['confirm_delete', { filename: 'a.txt' }, 'Deleted a.txt.'],
      ['multi_input', {}, 'Answered: accept, accept.'],
      ['test_tool_with_task', {}, 'Hello, Ada!'],
    ] as const) {
      const execution = await session.callTool(name, values);
      const { outcome } = await execution.settle();
      expect(resultFromTaskOutcome(outcome)).toMatchObject({ content: [{ type: 'text', text }] });
    }
  });

  test('a task is cancelled', async () => {
    const session = sessionOf(await connect());
    cleanUp.push(() => session.close());
    const execution = await session.callTool('slow_compute', { seconds: 60 });
    await execution.cancel();
    expect((await execution.settle()).outcome.status).toBe('cancelled');
  });

  test('the failure of a server is a failed task, the failure of a tool a result', async () => {
    const session = sessionOf(await connect());
    cleanUp.push(() => session.close());
    const broken = await (await session.callTool('protocol_error_job', {})).settle();
    expect(broken.outcome).toMatchObject({ status: 'failed', error: { code: -32_603 } });
    const failing = await (await session.callTool('failing_job', {})).settle();
    expect(failing.outcome).toMatchObject({ status: 'completed', result: { isError: true } });
  });
});
