/** Three servers behind nginx under 200 calls a second of both eras, while servers and their engine fail, and with clocks that differ. */
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';

import { agentLibraries } from '../harness/agent-libraries.ts';
import { apiKey, cleanEnvironment, runProgram, scratch } from '../harness/server-process.ts';
import { execute, headers } from '../harness/tool-requests.ts';
import { canRun, Cluster } from './cluster.ts';
import { startLoad } from './load.ts';

const MANY = 'requests: 100000, window: 60, burst: 100000';
const poll = { timeout: 20_000, interval: 50 };

/** Shows a process another time; only where the Debian package faketime is installed. */
const [fakeTime] = globSync('/usr/lib/*/faketime/libfaketime.so.1');

let cluster: Cluster | undefined;
afterEach(async () => {
  await cluster?.[Symbol.asyncDispose]();
  cluster = undefined;
});

async function start(rateLimit = MANY): Promise<Cluster> {
  cluster = new Cluster();
  await cluster.start(rateLimit);
  return cluster;
}

const urlsOf = ({ servers }: Cluster): string[] => servers.map(({ url }) => url);
const textOf = async (url: string, path: string): Promise<string> => (await fetch(`${url}${path}`, { headers })).text();
const healthOf = (url: string): Promise<string> => textOf(url, '/health');

/** Until so many more calls have been answered. */
const answered = (load: { readonly answered: number }, more: number): Promise<void> => {
  const { answered: before } = load;
  return expect.poll(() => load.answered - before, { timeout: 60_000, interval: 50 }).toBeGreaterThanOrEqual(more);
};

describe.runIf(canRun)('three servers under 200 calls a second', { timeout: 300_000 }, () => {
  test('lose no call when they are restarted one after the other', async () => {
    const { url } = await start();
    const load = await startLoad(url);
    await answered(load, 200);
    await cluster?.restartAll();
    await answered(load, 200);
    const { calls, failed } = await load.stop();
    expect(failed).toEqual([]);
    expect(calls).toBeGreaterThan(1000);
  });

  test('lose no call when they are restarted while they run calls that end long after the others are refused', async () => {
    const started = await start();
    const load = await startLoad(started.url);
    for (const [index, server] of started.servers.entries()) {
      const slow = [3, 4, 5, 3, 4, 5, 3, 4, 5].map((seconds) => execute(started.url, 'slow', { seconds }));
      await expect.poll(() => textOf(server.url, '/tools/slow'), poll).toMatch(/"running":[1-9]/u);
      await server.stop();
      await started.startServer(index);
      expect((await Promise.all(slow)).map(({ status }) => status)).toEqual(slow.map(() => 200));
    }
    await answered(load, 200);
    expect((await load.stop()).failed).toEqual([]);
  });

  test('lose no more calls than were running when one of them is killed', async () => {
    const { url } = await start();
    const load = await startLoad(url);
    await answered(load, 200);
    await cluster?.kill(0);
    await answered(load, 400);
    const { failed } = await load.stop();
    expect(failed.length).toBeLessThanOrEqual(load.mostRunning);
    expect(failed.filter((failure) => !/502|fetch failed|Bad Gateway|terminated/u.test(failure))).toEqual([]);
  });

  test('lose no call when their engine is killed, started again empty, emptied and paused', async () => {
    const { url } = await start();
    const load = await startLoad(url);
    await answered(load, 200);
    await cluster?.killRedis();
    await answered(load, 400);
    await cluster?.redis?.start();
    await expect
      .poll(async () => (await Promise.all(urlsOf(cluster!).map(healthOf))).join(), poll)
      .not.toMatch(/cluster is down/u);
    cluster?.redis?.command('flushall');
    await answered(load, 400);
    cluster?.pauseRedis(5000);
    await answered(load, 400);
    const { failed } = await load.stop();
    expect(failed).toEqual([]);
  });

  test('answer the adapter of LangChain and the Inspector all through a rolling restart', async () => {
    const { url } = await start();
    const langChain = await agentLibraries.find(({ name }) => name === 'LangChain')?.connect(url);
    const restarting = new AbortController();
    const restarted = cluster?.restartAll().finally(() => restarting.abort());
    const read: string[] = [];
    while (!restarting.signal.aborted) {
      const word = `round ${read.length}`;
      const text = read.length % 20 === 0 ? await inspect(url, word) : await langChain?.modelReads('say', { word });
      read.push(text?.includes(word) ? 'answered' : `${text}`);
    }
    await restarted;
    expect(new Set(read)).toEqual(new Set(['answered']));
    expect(read.length).toBeGreaterThan(20);
    await langChain?.[Symbol.asyncDispose]();
  });

  test('answer the adapter of LangChain and the Inspector, which opens a session for each call, while their engine is gone, emptied or hangs', async () => {
    const { url, redis } = await start();
    const connect = agentLibraries.find(({ name }) => name === 'LangChain')?.connect;
    const known = await connect?.(url);
    // So often that each of the servers has the session.
    for (let call = 0; call < 6; call++) await known?.modelReads('say', { word: 'before' });
    const read: string[] = [];
    const callAll = async (word: string): Promise<void> => {
      const other = await connect?.(url);
      for (let call = 0; call < 6; call++) {
        for (const each of [known, other])
          read.push((await each?.modelReads('say', { word }))?.includes(word) ? 'answered' : word);
      }
      await other?.[Symbol.asyncDispose]();
      const text = await inspect(url, word);
      read.push(text.includes(word) ? 'answered' : text);
    };
    await redis?.kill();
    await callAll('gone');
    await redis?.start();
    await callAll('started empty');
    redis?.command('flushall');
    await callAll('emptied');
    redis?.hang();
    await callAll('hangs');
    redis?.resume();
    expect(new Set(read)).toEqual(new Set(['answered']));
    await known?.[Symbol.asyncDispose]();
  });
});

/** The word as the command line of the Inspector prints the result of the call. */
async function inspect(url: string, word: string): Promise<string> {
  const folder = join(dirname(fileURLToPath(import.meta.url)), '../node_modules/@modelcontextprotocol/inspector');
  const { default: manifest } = (await import(join(folder, 'package.json'), { with: { type: 'json' } })) as {
    default: { bin: Record<string, string> };
  };
  const program = join(folder, manifest.bin['mcp-inspector'] ?? '');
  using place = scratch();
  const args = ['--cli', `${url}/mcp`, '--transport', 'http', '--header', `authorization: Bearer ${apiKey}`];
  const call = ['--method', 'tools/call', '--tool-name', 'say', '--tool-arg', `word=${word}`];
  const { stdout } = await runProgram(process.execPath, [program, ...args, ...call], cleanEnvironment(place.folder));
  return stdout;
}

describe.runIf(canRun && fakeTime !== undefined)('servers with clocks that differ', { timeout: 300_000 }, () => {
  const withClock = (offset: string): Record<string, string> => ({ LD_PRELOAD: fakeTime ?? '', FAKETIME: offset });

  test('grant one limit, and report the difference', async () => {
    await start('requests: 60, window: 60, burst: 60');
    for (const [index, offset] of ['-3s', '+3s'].entries()) {
      await cluster?.servers[index]?.stop();
      await cluster?.startServer(index, withClock(offset));
    }
    const urls = urlsOf(cluster!);
    await expect.poll(() => healthOf(urls[0] ?? ''), poll).toMatch(/clock differs from that of the engine by 3 s/u);
    expect(await healthOf(urls[2] ?? '')).not.toMatch(/clock differs/u);
    const startedMs = performance.now();
    let granted = 0;
    for (let call = 0; call < 240; call++) {
      if ((await execute(urls[call % 3] ?? '', 'say', { word: 'x' })).status === 200) granted += 1;
    }
    expect(granted).toBeGreaterThanOrEqual(60);
    // Alone, three would grant 180. Where the engine is late, as on a busy machine, they grant their shares of a second limit.
    expect(granted).toBeLessThanOrEqual(120 + Math.ceil((performance.now() - startedMs) / 1000));
  });
});

describe.runIf(canRun)('servers whose engine', { timeout: 300_000 }, () => {
  test('is started again empty, and an hour in the past, report a gap and go on', async () => {
    await start();
    const [a = '', b = ''] = urlsOf(cluster!);
    const response = await fetch(`${b}/events`, { headers });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const until = async (wanted: RegExp): Promise<void> => {
      while (!wanted.test(text)) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`the stream has ended: ${text}`);
        text += value;
      }
    };
    // Its clock was an hour ahead: what the servers have read lies in the future of the one that starts next.
    cluster?.redis?.command('xadd', '{mcp}:events', `${Date.now() + 3_600_000}-0`, 'kind', 'other');
    await fetch(`${a}/tools/slow/disable`, { method: 'POST', headers });
    await until(/tool\.changed/u);
    await cluster?.killRedis();
    await cluster?.redis?.start();
    await until(/stream\.gap/u);
    text = '';
    await expect
      .poll(async () => (await fetch(`${a}/tools/slow/enable`, { method: 'POST', headers })).status, poll)
      .toBe(200);
    await until(/tool\.changed/u);
    expect((await execute(b, 'say', { word: 'x' })).status).toBe(200);
    await reader.cancel();
  });
});
