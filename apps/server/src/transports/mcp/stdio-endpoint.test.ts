import { PassThrough, type Readable } from 'node:stream';

import { defineTool, fromJsonSchema, type ToolDefinition } from '@mcp/tool-base';
import { afterEach, describe, expect, test } from 'vitest';

import { ChangeNotifier } from './sdk/connection/change-notifier.ts';
import { startStdioEndpoint, type StdioEndpoint } from './stdio-endpoint.ts';
import { envelope, initialize } from './test-support/messages.ts';
import { testDependencies, type TestDependencies } from './test-support/test-dependencies.ts';

const input = fromJsonSchema({ type: 'object' });

/** A tool that ends when the test says so, and tells how its runs ended. */
function held(): { tool: ToolDefinition; finish: () => void; aborted: number } {
  const runs: (() => void)[] = [];
  const state = {
    aborted: 0,
    finish: () => runs.splice(0).forEach((finish) => finish()),
    tool: defineTool({
      name: 'held',
      description: 'Waits',
      input,
      limits: { concurrency: 10 },
      run: (_, { signal }) =>
        new Promise<string>((resolve, reject) => {
          runs.push(() => resolve('finished'));
          signal.addEventListener('abort', () => {
            state.aborted++;
            reject(new Error('gone'));
          });
        }),
    }),
  };
  return state;
}

interface Client {
  readonly dependencies: TestDependencies;
  readonly endpoint: StdioEndpoint;
  readonly stdin: PassThrough;
  readonly stdout: Readable;
  send(...messages: object[]): void;
  /** The message with this id, once it has come. */
  answer(id: number | string): Promise<Record<string, unknown>>;
  readonly said: Record<string, unknown>[];
}

let opened: StdioEndpoint[] = [];
afterEach(async () => {
  await Promise.all(opened.map((endpoint) => endpoint.close()));
  opened = [];
});

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

async function open(tools: readonly ToolDefinition[], era: 'legacy' | 'modern'): Promise<Client> {
  const dependencies = testDependencies(tools);
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const streams = { input: stdin, output: stdout };
  const endpoint = startStdioEndpoint({
    ...dependencies,
    notifier: new ChangeNotifier(),
    onError: () => {},
    onInvalidLine: () => {},
    streams,
  });
  opened.push(endpoint);
  const said: Record<string, unknown>[] = [];
  let partial = '';
  stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (partial + text).split('\n');
    partial = lines.pop() ?? '';
    for (const line of lines) said.push(JSON.parse(line) as Record<string, unknown>);
  });
  const client: Client = {
    dependencies,
    endpoint,
    stdin,
    stdout,
    said,
    send: (...messages) =>
      void stdin.write(messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join('')),
    answer: (id) =>
      expect
        .poll(() => said.find((message) => message['id'] === id))
        .toBeDefined()
        .then(() => said.find((message) => message['id'] === id) ?? {}),
  };
  client.send(era === 'legacy' ? initialize : { id: 0, method: 'tools/list', params: { _meta: envelope } });
  await client.answer(0);
  return client;
}

const eras = ['legacy', 'modern'] as const;

describe.each(eras)('over stdio, in the %s era', (era) => {
  const meta = era === 'modern' ? { _meta: envelope } : {};
  const call = (id: number | string): object => ({
    id,
    method: 'tools/call',
    params: { name: 'held', arguments: {}, ...meta },
  });
  const cancel = (requestId: number | string): object => ({ method: 'notifications/cancelled', params: { requestId } });
  const finished = { result: { content: [{ type: 'text', text: 'finished' }] } };

  test('a running call that is cancelled is ended and not answered', async () => {
    const tool = held();
    const client = await open([tool.tool], era);
    client.send(call(1), call(2));
    await turn();
    client.send(cancel(1));
    await expect.poll(() => tool.aborted).toBe(1);
    tool.finish();
    expect(await client.answer(2)).toMatchObject(finished);
    expect(client.said.some(({ id }) => id === 1)).toBe(false);
  });

  test('a call that is cancelled in the same breath is ended and not answered', async () => {
    const tool = held();
    const client = await open([tool.tool], era);
    client.send(call(1), cancel(1));
    await expect.poll(() => tool.aborted).toBe(1);
    await turn();
    expect(client.said.some(({ id }) => id === 1)).toBe(false);
  });

  test('two calls at once under one id are both answered', async () => {
    const tool = held();
    const client = await open([tool.tool], era);
    client.send(call('same'), call('same'));
    await turn();
    await turn();
    tool.finish();
    await expect.poll(() => client.said.filter(({ id }) => id === 'same').length).toBe(2);
    expect(client.said.filter(({ id }) => id === 'same')).toMatchObject([finished, finished]);
  });

  test('a call that runs when stdin ends is still answered', async () => {
    const tool = held();
    const client = await open([tool.tool], era);
    client.send(call(1));
    client.stdin.end();
    await turn();
    tool.finish();
    expect(await client.answer(1)).toMatchObject(finished);
  });

  test('closing ends what runs', async () => {
    const tool = held();
    const client = await open([tool.tool], era);
    client.send(call(1));
    await turn();
    await client.endpoint.close();
    expect(tool.aborted).toBe(1);
    expect(client.dependencies.gateway.running).toBe(0);
  });

  test('a client that does not read its answers any more has its calls ended', async () => {
    const tool = held();
    const client = await open([tool.tool], era);
    client.send(call(1));
    await turn();
    client.stdout.destroy(new Error('EPIPE'));
    await expect.poll(() => tool.aborted).toBe(1);
  });

  test('the list of tools follows the registry', async () => {
    const tool = held();
    const client = await open([tool.tool], era);
    const list = (id: number): object => ({ id, method: 'tools/list', params: meta });
    client.send(list(1));
    expect(await client.answer(1)).toMatchObject({ result: { tools: [{ name: 'held' }] } });
    client.send(list(2));
    expect(await client.answer(2)).toMatchObject({ result: { tools: [{ name: 'held' }] } });
    client.dependencies.registry.disable('held');
    client.send(list(3));
    expect(await client.answer(3)).toMatchObject({ result: { tools: [] } });
  });
});
