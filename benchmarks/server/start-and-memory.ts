/** How long until the first answer, until a client lists tools over stdio, until probes say ready; and how much memory after 20,000 calls? */
import { fileURLToPath } from 'node:url';

import { cpuMs } from '../harness/process-time.ts';
import { against, median, printResults, show, spread } from '../harness/table.ts';
import {
  candidateFile,
  oursConfiguration,
  ourMain,
  residentMb,
  startCandidate,
  type CandidateOptions,
} from './candidate.ts';
import { startLoad } from './load.ts';
import { quick } from '../harness/quick.ts';
import type { RequestKind } from './requests.ts';
import { firstListOverStdio } from './stdio-start.ts';

interface Start {
  readonly name: string;
  /** What is waited for. */
  readonly until: string;
  /** The greatest multiple of the processor time of the documented SDK that is accepted. @default any */
  readonly atMost?: number;
  /** @param isFirst of several rounds */
  readonly measure: (isFirst: boolean) => Promise<Measured>;
}

interface Measured {
  readonly ms: number;
  /** Of the server's own process. */
  readonly processorMs: number;
  readonly mb: number;
  readonly mbAfterCalls?: number;
}

const rounds = quick ? 3 : 7;
const calls = quick ? 2000 : 20_000;
const quickstart = fileURLToPath(new URL('../../examples/quickstart.yaml', import.meta.url));

using load = startLoad();

function firstCall(options: CandidateOptions, kind: RequestKind, atMost?: number): Start {
  const measure = async (isFirst: boolean): Promise<Measured> => {
    const startedAt = performance.now();
    const server = await startCandidate(options, '0,1');
    await load.count(server, kind, 1, 1);
    const measured = measuredNow(startedAt, server.pid);
    if (isFirst) await load.count(server, kind, calls);
    const after = isFirst ? { mbAfterCalls: residentMb(server.pid) } : {};
    await server.stop();
    return { ...measured, ...after };
  };
  return { name: options.name, until: 'first call over HTTP', measure, ...(atMost !== undefined && { atMost }) };
}

function measuredNow(startedAt: number, pid: number): Measured {
  return { ms: performance.now() - startedAt, processorMs: cpuMs(pid), mb: residentMb(pid) };
}

/** @param path that answers 200 once requests are welcome; undefined for a server without a probe, of which any answer counts */
function ready(options: CandidateOptions, path?: string): Start {
  const measure = async (): Promise<Measured> => {
    const startedAt = performance.now();
    const server = await startCandidate(options, '0,1');
    if (path === undefined) await statusOf(server.port, '/');
    else while ((await statusOf(server.port, path)) !== 200);
    const measured = measuredNow(startedAt, server.pid);
    await server.stop();
    return measured;
  };
  return { name: options.name, until: path === undefined ? 'any answer over HTTP' : `200 from ${path}`, measure };
}

async function statusOf(port: number, path: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  await response.arrayBuffer();
  return response.status;
}

function firstList(name: string, args: readonly string[], atMost?: number): Start {
  const measure = async (): Promise<Measured> => {
    const { startedAt, pid, stop } = await firstListOverStdio(args);
    const measured = measuredNow(startedAt, pid);
    await stop();
    return measured;
  };
  return { name, until: 'tools/list over stdio', measure, ...(atMost !== undefined && { atMost }) };
}

const documented = { name: '@modelcontextprotocol/server as documented', server: 'sdk-documented.ts' };
const fastmcp = { name: 'fastmcp, stateless', server: 'fastmcp.ts' };
const overStdio = [ourMain, '--transport', 'stdio'];
const starts: readonly Start[] = [
  firstCall({ name: 'bare node:http', server: 'bare-node.ts' }, 'echo'),
  firstCall({ name: '@mcp/server', server: 'ours' }, 'modern tools/call', 1.2),
  // The SDK is loaded for the session.
  firstCall({ name: '@mcp/server, 2025 in a session', server: 'ours', session: true }, 'tools/call'),
  firstCall(
    {
      name: '@mcp/server with --max-semi-space-size=4',
      server: 'ours',
      env: { NODE_OPTIONS: '--max-semi-space-size=4' },
    },
    'modern tools/call',
  ),
  firstCall(documented, 'modern tools/call'),
  firstCall({ name: '@modelcontextprotocol/sdk 1.x, stateless', server: 'sdk1.ts' }, 'tools/call'),
  firstCall(fastmcp, 'tools/call'),
  ready({ name: '@mcp/server', server: 'ours' }, '/health/ready'),
  ready(
    {
      name: '@mcp/server, examples/quickstart.yaml',
      server: 'ours',
      configuration: quickstart,
      env: { MCP_SERVER_PORT: '0' },
    },
    '/health/ready',
  ),
  ready(documented),
  ready(fastmcp, '/ready'),
  firstList('@mcp/server without a configuration', overStdio),
  firstList('@mcp/server, examples/quickstart.yaml', [...overStdio, '--config', quickstart]),
  firstList('@mcp/server', [...overStdio, '--config', oursConfiguration], 1.6),
  firstList(documented.name, [candidateFile('stdio-sdk-documented.ts')]),
  firstList('@modelcontextprotocol/sdk 1.x', [candidateFile('stdio-sdk1.ts')]),
  firstList('fastmcp', [candidateFile('stdio-fastmcp.ts')]),
];

// In a quick run only what has a limit, and what it is compared with.
const limited = new Set(starts.filter(({ atMost }) => atMost !== undefined).map(({ until }) => until));
const asked = quick
  ? starts.filter(({ name, until, atMost }) => atMost !== undefined || (name === documented.name && limited.has(until)))
  : starts;
const measured = asked.map((): Measured[] => []);
for (let round = 0; round < rounds; round++) {
  for (const [index, start] of asked.entries()) measured[index]?.push(await start.measure(round === 0));
}

const processorMsOf = (index: number): number => median((measured[index] ?? []).map(({ processorMs }) => processorMs));

function timesDocumented(index: number, { until }: Start): number {
  return (
    processorMsOf(index) / processorMsOf(asked.findIndex((one) => one.name === documented.name && one.until === until))
  );
}

printResults({
  title: 'Start and memory',
  method: `${rounds} starts each in turn; median (least-greatest); times: the processor time of the documented SDK until the same`,
  columns: [
    '',
    'until',
    'ms from process start',
    'ms of processor',
    'times the documented SDK',
    'at most',
    'MB resident then',
    `MB after ${calls} calls, 64 connections`,
  ],
  rows: asked.map((start, index) => {
    const list = measured[index] ?? [];
    const times = timesDocumented(index, start);
    return [
      start.name,
      start.until,
      show(spread(list.map(({ ms }) => ms)), 0),
      show(spread(list.map(({ processorMs }) => processorMs)), 0),
      Number.isNaN(times) ? '' : times.toFixed(2),
      start.atMost === undefined ? '' : against(start.atMost, times),
      show(spread(list.map(({ mb }) => mb)), 0),
      list[0]?.mbAfterCalls?.toFixed(0) ?? '',
    ];
  }),
});
