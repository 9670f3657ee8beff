/** The server as a child process with MCP on stdin and stdout, as desktop clients start it. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

import { expect, describe, test } from 'vitest';

import {
  apiKey,
  cleanEnvironment,
  freePort,
  scratch,
  serverProgram,
  testConfiguration,
  type Scratch,
} from './harness/server-process.ts';

const headers = { authorization: `Bearer ${apiKey}` };
const clientInfo = { name: 'pipe', version: '1' };
const initialize = {
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo },
};

interface StdioServer {
  readonly child: ChildProcessWithoutNullStreams;
  /** What it has written to stdout so far. */
  readonly said: () => string;
}

function startStdio(place: Scratch, args: readonly string[] = [], extra: Record<string, string> = {}): StdioServer {
  const child = spawn(process.execPath, [serverProgram, ...args], { env: cleanEnvironment(place.folder, extra) });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  return { child, said: () => stdout };
}

/** More than a pipe holds. */
const longOutput = `
tools:
  count: { description: Counts, command: seq, args: ['100000'], maxOutput: 1000000 }
`;

const lines = (messages: readonly object[]): string =>
  messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join('');

describe('stdio mode', () => {
  test('exits when its stdout is closed', async () => {
    using place = scratch();
    const { child } = startStdio(place);
    const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}\n';
    child.stdin.on('error', () => {}).write(ping);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    child.stdin.write(ping);
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(0);
  });

  test('has no rate limit: there is one caller', async () => {
    using place = scratch();
    const limit = testConfiguration.replace('requests: 10000', 'requests: 1');
    const { child, said } = startStdio(place, ['--config', place.write('config.yaml', limit)]);
    const call = (id: number): object => ({
      id,
      method: 'tools/call',
      params: { name: 'shout', arguments: { word: `word-${id}` } },
    });
    const initialized = { method: 'notifications/initialized' };
    child.stdin.write(lines([initialize, initialized, call(1), call(2), call(3)]));
    for (const id of [1, 2, 3]) await expect.poll(said).toContain(`"text":"word-${id}`);
    child.stdin.end();
    await once(child, 'close');
  });

  test.each(['leaves standard error unread', 'closes standard error'])(
    'answers a client that %s, whatever is logged',
    async (habit) => {
      using place = scratch();
      const env = { MCP_LOGGING_LEVEL: 'debug' };
      const child = spawn(
        process.execPath,
        [serverProgram, '--config', place.write('config.yaml', testConfiguration)],
        {
          env: cleanEnvironment(place.folder, env),
        },
      );
      let answers = 0;
      child.stdout.on('data', (chunk: Buffer) => (answers += chunk.toString().split('\n').length - 1));
      if (habit.startsWith('closes')) child.stderr.destroy();
      const calls = Array.from({ length: 1000 }, (_, i) => ({
        id: i + 1,
        method: 'tools/call',
        params: { name: 'system_info', arguments: {} },
      }));
      child.stdin.write(lines([initialize, { method: 'notifications/initialized' }, ...calls]));
      await expect.poll(() => answers, { timeout: 20_000 }).toBe(1001);
      child.stdin.end();
      const [code] = (await once(child, 'exit')) as [number | null];
      expect(code).toBe(0);
    },
    40_000,
  );

  test('exits when stdin ends', async () => {
    using place = scratch();
    const { child } = startStdio(place);
    child.stdin.end();
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(0);
  });

  test('rejects and logs a message that is too long, and responds to the next one', async () => {
    using place = scratch();
    const { child, said } = startStdio(place);
    let log = '';
    child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
    child.stdin.write(`${'x'.repeat(10 * 2 ** 20 + 1)}\n`);
    child.stdin.end('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(0);
    const responses = said().trim().split('\n');
    expect(responses.map((line) => JSON.parse(line) as object)).toMatchObject([
      { id: null, error: { code: expect.any(Number) as number, message: expect.stringContaining('bytes') as string } },
      { id: 1, result: {} },
    ]);
    expect(log).toContain('"stdio.invalid_message"');
  });

  test('ends with the client, whatever program still runs', async () => {
    using place = scratch();
    const configuration = testConfiguration.replace('timeout: 1s', 'timeout: 300s').replace('max: 60', 'max: 300');
    const path = place.write('config.yaml', `${configuration}server: { shutdownGracePeriod: 300 }\n`);
    const { child, said } = startStdio(place, ['--config', path]);
    child.stdin.end(
      lines([initialize, { id: 1, method: 'tools/call', params: { name: 'slow', arguments: { seconds: 300 } } }]),
    );
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(0);
    // A client that reads on after it has closed stdin is still answered.
    expect(said()).toContain('cancelled: ');
  });

  test('responds to all piped requests before it exits', async () => {
    using place = scratch();
    const path = place.write('config.yaml', testConfiguration);
    const { child, said } = startStdio(place, ['--config', path]);
    const calls = Array.from({ length: 4 }, (_, index) => ({
      id: index + 1,
      method: 'tools/call',
      params: { name: 'system_info', arguments: {} },
    }));
    const messages = [initialize, ...calls];
    child.stdin.end(lines(messages));
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(0);
    const answers = said()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: number; result: object });
    expect(answers.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
    for (const { result } of answers.filter((answer) => answer.id > 0)) {
      expect(result).toMatchObject({ content: [{ text: expect.stringContaining('{') as string }] });
    }
  });

  test('reads requests from a file', async () => {
    using place = scratch();
    const messages = [initialize, { id: 1, method: 'tools/call', params: { name: 'system_info', arguments: {} } }];
    place.write('requests.jsonl', lines(messages));
    const child = spawn('sh', ['-c', '"$0" "$1" < requests.jsonl', process.execPath, serverProgram], {
      cwd: place.folder,
      env: cleanEnvironment(place.folder),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const answers = (await text(child.stdout)).trimEnd().split('\n');
    expect(answers.map((line) => (JSON.parse(line) as { id: number }).id)).toEqual([0, 1]);
  });

  test('a client that reads slowly gets its responses whole, although it has closed stdin', async () => {
    using place = scratch();
    const path = place.write('config.yaml', longOutput);
    const call = { id: 1, method: 'tools/call', params: { name: 'count', arguments: {} } };
    place.write('requests.jsonl', lines([initialize, call]));
    const pipeline = '"$0" "$1" --config "$2" < requests.jsonl | { dd bs=1 count=1 2>/dev/null; sleep 2; cat; }';
    const child = spawn('sh', ['-c', pipeline, process.execPath, serverProgram, path], {
      cwd: place.folder,
      env: cleanEnvironment(place.folder),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const answers = (await text(child.stdout)).trimEnd().split('\n');
    expect(answers).toHaveLength(2);
    expect(JSON.parse(answers[1] ?? '')).toMatchObject({
      id: 1,
      result: { content: [{ text: expect.stringMatching(/\n100000\n$/u) as string }] },
    });
  });

  test('reports a full server and the valid log levels in messages that a model can use', async () => {
    using place = scratch();
    const configuration = testConfiguration.replace('timeout: 1s', 'timeout: 20s');
    const path = place.write('config.yaml', `${configuration}server: { maxConcurrentCalls: 1 }\n`);
    const { child, said } = startStdio(place, ['--config', path]);
    const messages = [
      initialize,
      { id: 1, method: 'tools/call', params: { name: 'slow', arguments: { seconds: 1 } } },
      { id: 2, method: 'tools/call', params: { name: 'shout', arguments: { word: 'x' } } },
      { id: 3, method: 'logging/setLevel', params: { level: 'loud' } },
    ];
    child.stdin.write(lines(messages));
    for (const { id } of messages) await expect.poll(said, { timeout: 20_000 }).toContain(`"id":${id}`);
    child.stdin.end();
    await once(child, 'close');
    const answers = said().trimEnd().split('\n');
    const answerTo = (id: number): unknown =>
      answers.map((line) => JSON.parse(line) as { id?: number }).find((answer) => answer.id === id);
    expect(answerTo(1)).toMatchObject({ result: { _meta: { 'mcp-server/result': { exitCode: 0 } } } });
    expect(answerTo(2)).toMatchObject({
      result: {
        isError: true,
        content: [
          {
            text: expect.stringMatching(/^resource_exhausted: The server is full: it runs at most 1 call at a time\./u),
          },
        ],
        _meta: { 'mcp-server/error': { type: 'resource_exhausted', retryAfterMs: 1000 } },
      },
    });
    expect(answerTo(3)).toMatchObject({
      error: { code: -32_602, message: expect.stringMatching(/^The level must be one of debug, info, /u) },
    });
  });

  test('opens an operations listener when a port is configured, and writes only protocol messages to stdout', async () => {
    using place = scratch();
    const port = await freePort();
    const { child, said } = startStdio(place, [], {
      MCP_METRICS_PROMETHEUS_PORT: String(port),
      MCP_SECURITY_API_KEY: apiKey,
    });
    await expect
      .poll(() =>
        fetch(`http://127.0.0.1:${port}/health/live`).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(401);
    expect((await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}/mcp`, { headers })).status).toBe(404);
    child.stdin.end();
    await once(child, 'close');
    expect(said()).toBe('');
  });
});
