/** That the answers are the SDK's own is for `fast-path/stdio-fast-path.property.slow.test.ts`. */
import { PassThrough } from 'node:stream';

import { afterEach, describe, expect, test } from 'vitest';

import { localPrincipal } from '../../access/principal.ts';
import { ChangeNotifier } from './sdk/connection/change-notifier.ts';
import { connectStdioSdk } from './sdk/stdio-sdk.ts';
import { StdioTransport } from './stdio-transport.ts';
import { envelope, initialize } from './test-support/messages.ts';
import { testDependencies } from './test-support/test-dependencies.ts';

interface Client {
  readonly notifier: ChangeNotifier;
  /** How often the SDK was connected. */
  readonly connects: () => number;
  /** Lets the SDK be loaded; until then nothing has it. */
  readonly load: () => void;
  readonly lines: string[];
  readonly transport: StdioTransport;
  send(...messages: object[]): void;
  answer(id: number): Promise<Record<string, unknown>>;
}

const opened: StdioTransport[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((transport) => transport.end()));
});

function open(more: Partial<ReturnType<typeof testDependencies>> = {}): Client {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const notifier = new ChangeNotifier();
  const loaded = Promise.withResolvers<void>();
  let connects = 0;
  const options = { ...testDependencies(), ...more, notifier, principal: localPrincipal('stdio') };
  const transport = new StdioTransport({
    ...options,
    input,
    output,
    onInvalidLine: () => {},
    async connectSdk(to) {
      connects++;
      await loaded.promise;
      return connectStdioSdk(options, to);
    },
  });
  transport.open();
  opened.push(transport);
  const lines: string[] = [];
  output.setEncoding('utf8').on('data', (text: string) => lines.push(...text.split('\n').filter(Boolean)));
  const parsed = (id: number): Record<string, unknown> | undefined =>
    lines.map((line) => JSON.parse(line) as Record<string, unknown>).find((message) => message['id'] === id);
  return {
    notifier,
    connects: () => connects,
    load: () => loaded.resolve(),
    lines,
    transport,
    send: (...messages) =>
      void input.write(messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join('')),
    async answer(id) {
      await expect.poll(() => parsed(id)).toBeDefined();
      return parsed(id) ?? {};
    },
  };
}

const initialized = { method: 'notifications/initialized' };
const call = (id: number, meta?: object): object => ({
  id,
  method: 'tools/call',
  params: { name: 'echo', arguments: { text: 'hello' }, ...(meta && { _meta: meta }) },
});

describe('before the SDK is loaded', () => {
  test('a client of the 2025 era opens the connection, lists tools, calls and pings', async () => {
    const client = open();
    client.send(initialize, initialized, { id: 1, method: 'tools/list' }, call(2), { id: 3, method: 'ping' });
    expect(await client.answer(0)).toMatchObject({ result: { serverInfo: { name: 'mcp-server' } } });
    expect(await client.answer(1)).toMatchObject({ result: { tools: [{ name: 'echo' }] } });
    expect(await client.answer(2)).toMatchObject({ result: { content: [{ text: 'hello' }] } });
    expect(await client.answer(3)).toMatchObject({ result: {} });
    expect(client.connects()).toBe(0);
  });

  test('a client of the 2026 revision discovers the server, lists tools and calls', async () => {
    const client = open();
    const params = { _meta: envelope };
    client.send(
      { id: 0, method: 'server/discover', params },
      { id: 1, method: 'tools/list', params },
      call(2, envelope),
    );
    expect(await client.answer(0)).toMatchObject({ result: { supportedVersions: ['2026-07-28'] } });
    expect(await client.answer(1)).toMatchObject({ result: { tools: [{ name: 'echo' }], resultType: 'complete' } });
    expect(await client.answer(2)).toMatchObject({ result: { content: [{ text: 'hello' }] } });
    expect(client.connects()).toBe(0);
  });

  test('a changed list is notified once, and once more when the SDK notifies', async () => {
    const client = open();
    client.send(initialize, initialized);
    await client.answer(0);
    client.notifier.toolsChanged();
    client.send({ id: 1, method: 'ping' });
    await client.answer(1);
    client.send({ id: 2, method: 'prompts/list' });
    client.load();
    await client.answer(2);
    client.notifier.toolsChanged();
    client.send({ id: 3, method: 'ping' });
    await client.answer(3);
    const changed = client.lines.filter((line) => line.includes('tools/list_changed'));
    expect(changed).toHaveLength(2);
    expect(JSON.parse(changed[0] ?? '')).toEqual(JSON.parse(changed[1] ?? ''));
  });
});

describe('a message that needs the SDK', () => {
  test('loads it once; what came after is answered in order, and nothing is answered twice', async () => {
    const client = open();
    client.send(initialize, initialized, { id: 1, method: 'prompts/list' }, { id: 2, method: 'ping' }, call(3));
    await client.answer(0);
    expect(client.lines).toHaveLength(1);
    client.load();
    expect(await client.answer(1)).toMatchObject({ result: { prompts: [] } });
    await client.answer(3);
    const ids = client.lines.map((line) => (JSON.parse(line) as { id: number }).id);
    expect(ids.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
    expect(client.connects()).toBe(1);
  });

  test('in the 2026 revision leaves the era as it is', async () => {
    const client = open();
    const params = { _meta: envelope };
    client.send({ id: 0, method: 'tools/list', params }, { id: 1, method: 'prompts/list', params });
    client.load();
    expect(await client.answer(1)).toMatchObject({ result: { prompts: [], resultType: 'complete' } });
    client.send({ ...initialize, id: 2 });
    expect(await client.answer(2)).toHaveProperty('error');
  });

  test('may be the first one: an initialize with members that only the SDK knows', async () => {
    const client = open();
    client.send({ ...initialize, params: { ...initialize.params, _meta: { 'com.example/a': 1 } } });
    client.load();
    expect(await client.answer(0)).toMatchObject({ result: { serverInfo: { name: 'mcp-server' } } });
    expect(client.connects()).toBe(1);
  });

  test('that is never answered, because the connection has ended, keeps nobody waiting', async () => {
    const client = open();
    client.send(initialize, { id: 1, method: 'prompts/list' });
    await client.answer(0);
    client.load();
    await client.transport.close();
    await client.transport.prepared;
    expect(client.lines).toHaveLength(1);
  });
});

test('few of many requests are in progress at the same time, cancelled ones included, and all others are answered', async () => {
  let [reading, most] = [0, 0];
  const read = async (): Promise<string> => {
    reading += 1;
    most = Math.max(most, reading);
    for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => void setImmediate(resolve));
    reading -= 1;
    return 'a note';
  };
  const client = open({ resources: [{ uri: 'test://note', name: 'note', read }] });
  client.load();
  const reads = Array.from({ length: 120 }, (_, index) => [
    { id: index + 1, method: 'resources/read', params: { uri: 'test://note' } },
    { id: 'same', method: 'resources/read', params: { uri: 'test://note' } },
    { method: 'notifications/cancelled', params: { requestId: 'same' } },
  ]);
  client.send(initialize, initialized, ...reads.flat(), { id: 302, method: 'prompts/list' });
  await client.answer(302);
  const answered = (): number => client.lines.filter((line) => line.includes('a note')).length;
  await expect.poll(answered).toBe(120);
  expect(most).toBeLessThanOrEqual(128);
  expect(most).toBeGreaterThan(30);
});
