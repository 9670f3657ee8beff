/**
 * What does it cost to call a tool through this server instead of directly, over HTTP and to a program; how long is the merged list of
 * 1,000 tools in coming; and how much later does a server with 20 upstreams listen? `mcp-proxy` is the one that fastmcp brings along;
 * fastmcp for npm has no proxy of its own.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

import { Pool } from 'undici';

import { freePort } from '../../e2e/harness/server-process.ts';
import { cpuMs } from '../harness/process-time.ts';
import { against, median, percentile, printResults } from '../harness/table.ts';
import { candidateFile, ourMain, oursConfiguration, startCandidate, type Candidate } from './candidate.ts';
import { quick } from '../harness/quick.ts';
import { API_KEY, initializeMessage, LEGACY_VERSION, openSession } from './requests.ts';

const calls = quick ? 50 : 1000;
/** Calls of each way before the first that counts; until then much of the time goes into compiling code. */
const callsBefore = quick ? 0 : 6000;
const rounds = quick ? 2 : 5;
const MAX_START_MS = 20_000;

/** Sends one request and resolves with the text that answers it. */
type Ask = (method: string, params: object) => Promise<string>;

interface Way {
  readonly name: string;
  readonly ask: Ask;
  readonly tool: string;
  /** The process between the client and the tool. */
  readonly pid?: number | undefined;
  /** The way without what is measured, and the greatest difference that is accepted. */
  readonly over?: string;
  readonly atMostMs?: number;
}

/** Not an `Agent`, which opens a connection for each request once a server has closed one. */
const pools: Pool[] = [];
let ids = 0;

function overHttp(port: number, sessionId?: string, apiKey?: string): Ask {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 1 });
  pools.push(pool);
  return async (method, params) => {
    const { body } = await pool.request({
      path: '/mcp',
      method: 'POST',
      headers: {
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        'mcp-protocol-version': LEGACY_VERSION,
        ...(sessionId !== undefined && { 'mcp-session-id': sessionId }),
        ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: (ids += 1), method, params }),
    });
    return body.text();
  };
}

/** A program that is started as the candidates are. */
function overStdio(command: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn('taskset', ['-c', '0', ...command], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, ...env },
  });
}

/** Over the pipe, as a host that starts the program itself. */
async function overPipe(child: ChildProcess): Promise<Ask> {
  let answered: ((line: string) => void) | undefined;
  createInterface({ input: child.stdout! }).on('line', (line) => answered?.(line));
  const send = (message: object): Promise<string> => {
    const { promise, resolve } = Promise.withResolvers<string>();
    answered = resolve;
    child.stdin!.write(`${JSON.stringify(message)}\n`);
    return promise;
  };
  await send(initializeMessage);
  child.stdin!.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);
  return (method, params) => send({ jsonrpc: '2.0', id: (ids += 1), method, params });
}

function gateway(name: string, upstreams: object, env: Record<string, string> = {}): Promise<Candidate> {
  return startCandidate({
    name,
    server: 'ours',
    env: { MCP_UPSTREAMS: JSON.stringify(upstreams), MCP_TOOL_INCLUDE_PATTERNS: '*', ...env },
    envIn: (folder) => ({ MCP_FEDERATION_LOCK_FILE: join(folder, 'upstreams.lock.json') }),
  });
}

/** Upstreams are listed in the background. */
async function untilListed(ask: Ask, tool: string): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    const text = await ask('tools/call', { name: tool, arguments: { text: 'x' } });
    if (!text.includes('"error"') && text.includes('"x"')) return;
    if (performance.now() - startedAt > MAX_START_MS) throw new Error(`${tool} was not listed: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** The first hundred calls of a process say nothing about the others. */
function limitOf(ms: number, measured: number): string {
  return quick ? String(ms) : against(ms, measured);
}

async function compareCalls(title: string, ways: readonly Way[]): Promise<void> {
  const times = new Map(ways.map(({ name }) => [name, [] as number[]]));
  const cpu = new Map(ways.map(({ name }) => [name, 0]));
  for (const { ask, tool } of ways) await untilListed(ask, tool);
  for (const { ask, tool } of ways) {
    for (let call = 0; call < callsBefore; call += 1)
      await ask('tools/call', { name: tool, arguments: { text: 'warm' } });
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, ask, tool, pid } of ways) {
      const before = pid === undefined ? 0 : cpuMs(pid);
      for (let call = 0; call < calls / rounds; call += 1) {
        const text = `hello ${call}`;
        const ms = await timed(async () => {
          const answer = await ask('tools/call', { name: tool, arguments: { text } });
          if (!answer.includes(text)) throw new Error(`${name} answered ${answer}`);
        });
        times.get(name)?.push(ms);
      }
      if (pid !== undefined) cpu.set(name, (cpu.get(name) ?? 0) + cpuMs(pid) - before);
    }
  }
  const p50 = (name: string): number => median(times.get(name) ?? []);
  const rows = ways.map(({ name, pid, over, atMostMs }) => {
    const own = p50(name);
    const more = over === undefined ? undefined : own - p50(over);
    const p99 = percentile(times.get(name) ?? [], 0.99);
    return [
      name,
      own.toFixed(2),
      p99.toFixed(2),
      pid === undefined ? '' : (((cpu.get(name) ?? 0) / calls) * 1000).toFixed(0),
      over === undefined ? '' : `${more?.toFixed(2)} over ${over}`,
      more === undefined || atMostMs === undefined ? '' : limitOf(atMostMs, more),
    ];
  });
  const method = `one call at a time, ${calls} each in ${rounds} turns, after ${callsBefore} that are not counted`;
  printResults({
    title,
    method,
    columns: ['', 'ms, p50', 'ms, p99', 'µs of processor time between', 'more, p50', 'at most'],
    rows,
  });
}

/** Prints nothing that says that it listens: it is asked until it answers. */
async function startMcpProxy(port: number): Promise<ChildProcess> {
  const ofFastmcp = createRequire(createRequire(import.meta.url).resolve('fastmcp'));
  const program = join(dirname(ofFastmcp.resolve('mcp-proxy')), 'bin/mcp-proxy.mjs');
  const child = spawn(
    process.execPath,
    [program, '--port', String(port), '--', process.execPath, candidateFile('stdio-sdk-documented.ts')],
    { stdio: 'ignore' },
  );
  const startedAt = performance.now();
  while (child.exitCode === null && performance.now() - startedAt < MAX_START_MS) {
    const isUp = await fetch(`http://127.0.0.1:${port}/ping`).then(
      () => true,
      () => false,
    );
    if (isUp) return child;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('mcp-proxy did not start');
}

async function ended(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

async function httpCalls(): Promise<void> {
  const peer = await startCandidate({ name: 'peer', server: 'sdk-documented.ts' });
  const through = await gateway('gateway', { peer: { url: `http://127.0.0.1:${peer.port}/mcp` } });
  await compareCalls('A call of a tool of an upstream over HTTP', [
    { name: 'direct', ask: overHttp(peer.port), tool: 'echo' },
    {
      name: 'through @mcp/server',
      ask: overHttp(through.port, await openSession(through.port, API_KEY), API_KEY),
      tool: 'peer_echo',
      pid: through.pid,
      over: 'direct',
      atMostMs: 0.5,
    },
  ]);
  await through.stop();
  await peer.stop();
}

async function programCalls(): Promise<void> {
  const command = [process.execPath, candidateFile('stdio-sdk-documented.ts')] as const;
  const folder = mkdtempSync(join(tmpdir(), 'benchmark-upstreams-'));
  const direct = overStdio(command);
  const throughStdio = overStdio([process.execPath, ourMain, '--transport', 'stdio', '--config', oursConfiguration], {
    MCP_UPSTREAMS: JSON.stringify({ peer: { command, start: 'eager' } }),
    MCP_TOOL_INCLUDE_PATTERNS: '*',
    MCP_FEDERATION_LOCK_FILE: join(folder, 'upstreams.lock.json'),
  });
  const local = await startCandidate({ name: 'local', server: 'ours' });
  const through = await gateway('gateway', { peer: { command, start: 'eager' } });
  const proxyPort = await freePort();
  const proxy = await startMcpProxy(proxyPort);
  const ofOurs = async ({ port }: Candidate): Promise<Ask> => overHttp(port, await openSession(port, API_KEY), API_KEY);
  await compareCalls('A call of a tool of a program: the pipe, and HTTP in front of it', [
    { name: 'the pipe itself', ask: await overPipe(direct), tool: 'echo' },
    {
      name: '@mcp/server over stdio, the program as its upstream',
      ask: await overPipe(throughStdio),
      tool: 'peer_echo',
      pid: throughStdio.pid,
      over: 'the pipe itself',
      atMostMs: 0.3,
    },
    { name: '@mcp/server over HTTP, a tool of its own', ask: await ofOurs(local), tool: 'echo', pid: local.pid },
    {
      name: '@mcp/server over HTTP, the program as its upstream',
      ask: await ofOurs(through),
      tool: 'peer_echo',
      pid: through.pid,
      over: '@mcp/server over HTTP, a tool of its own',
      atMostMs: 0.3,
    },
    {
      name: 'mcp-proxy over HTTP',
      ask: overHttp(proxyPort, await openSession(proxyPort, undefined)),
      tool: 'echo',
      pid: proxy.pid,
      over: 'the pipe itself',
    },
  ]);
  await ended(proxy);
  await ended(direct);
  await ended(throughStdio);
  rmSync(folder, { recursive: true, force: true });
  await through.stop();
  await local.stop();
}

async function mergedList(): Promise<void> {
  const own = await startCandidate({ name: 'own', server: 'ours', env: { BENCH_TOOLS: '1000' } });
  const peers = await Promise.all(
    Array.from({ length: 4 }, () =>
      startCandidate({ name: 'peer', server: 'sdk-documented.ts', env: { BENCH_TOOLS: '249' } }, '0,1'),
    ),
  );
  const upstreams = Object.fromEntries(peers.map(({ port }, n) => [`p${n}`, { url: `http://127.0.0.1:${port}/mcp` }]));
  const merged = await gateway('merged', upstreams);
  const ask = { own: overHttp(own.port, undefined, API_KEY), merged: overHttp(merged.port, undefined, API_KEY) };
  for (const key of Object.keys(upstreams)) await untilListed(ask.merged, `${key}_echo`);
  const times: Record<'own' | 'merged', number[]> = { own: [], merged: [] };
  for (let call = 0; call < calls; call += 1) {
    times.own.push(await timed(() => ask.own('tools/list', {})));
    times.merged.push(await timed(() => ask.merged('tools/list', {})));
  }
  const [ownMs, mergedMs] = [median(times.own), median(times.merged)];
  printResults({
    title: 'The first page of tools/list with 1,000 tools',
    method: `${calls} requests each in turn, one at a time`,
    columns: ['', 'ms, p50', 'times its own', 'at most'],
    rows: [
      ['its own 1,000 tools', ownMs.toFixed(2), '1', ''],
      ['those of four upstreams', mergedMs.toFixed(2), (mergedMs / ownMs).toFixed(2), against(1.2, mergedMs / ownMs)],
    ],
  });
  for (const each of [own, merged, ...peers]) await each.stop();
}

async function starts(): Promise<void> {
  const peer = await startCandidate({ name: 'peer', server: 'sdk-documented.ts' });
  const upstreams = Object.fromEntries(
    Array.from({ length: 20 }, (_, n) => [`p${n}`, { url: `http://127.0.0.1:${peer.port}/mcp` }]),
  );
  const times: Record<'none' | 'twenty', number[]> = { none: [], twenty: [] };
  for (let round = 0; round < (quick ? 2 : 7); round += 1) {
    for (const [name, given] of [
      ['none', {}],
      ['twenty', upstreams],
    ] as const) {
      const server = await gateway(name, given);
      times[name].push(server.startMs);
      await server.stop();
    }
  }
  const [none, twenty] = [median(times.none), median(times.twenty)];
  printResults({
    title: 'From process start to listening',
    method: `${times.none.length} starts each in turn; median`,
    columns: ['', 'ms', 'ms more', 'at most'],
    rows: [
      ['without upstreams', none.toFixed(0), '', ''],
      ['with 20 upstreams over HTTP', twenty.toFixed(0), (twenty - none).toFixed(0), limitOf(30, twenty - none)],
    ],
  });
  await peer.stop();
}

await httpCalls();
await programCalls();
await mergedList();
await starts();
await Promise.all(pools.map((pool) => pool.close()));
