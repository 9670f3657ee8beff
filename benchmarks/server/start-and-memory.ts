/** How long until the first answer, until a client lists tools over stdio, until probes say ready; and how much memory after 20,000 calls? */
import { fileURLToPath } from 'node:url';

import { printResults, show, spread } from '../harness/table.ts';
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
  /** @param isFirst of several rounds */
  readonly measure: (isFirst: boolean) => Promise<Measured>;
}

interface Measured {
  readonly ms: number;
  readonly mb: number;
  readonly mbAfterCalls?: number;
}

const rounds = quick ? 1 : 5;
const calls = quick ? 2000 : 20_000;
const quickstart = fileURLToPath(new URL('../../examples/quickstart.yaml', import.meta.url));

using load = startLoad();

function firstCall(options: CandidateOptions, kind: RequestKind): Start {
  const measure = async (isFirst: boolean): Promise<Measured> => {
    const startedAt = performance.now();
    const server = await startCandidate(options, '0,1');
    await load.count(server, kind, 1, 1);
    const measured = { ms: performance.now() - startedAt, mb: residentMb(server.pid) };
    if (isFirst) await load.count(server, kind, calls);
    const after = isFirst ? { mbAfterCalls: residentMb(server.pid) } : {};
    await server.stop();
    return { ...measured, ...after };
  };
  return { name: options.name, until: 'first call over HTTP', measure };
}

/** @param path that answers 200 once requests are welcome; undefined for a server without a probe, of which any answer counts */
function ready(options: CandidateOptions, path?: string): Start {
  const measure = async (): Promise<Measured> => {
    const startedAt = performance.now();
    const server = await startCandidate(options, '0,1');
    if (path === undefined) await statusOf(server.port, '/');
    else while ((await statusOf(server.port, path)) !== 200);
    const measured = { ms: performance.now() - startedAt, mb: residentMb(server.pid) };
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

function firstList(name: string, ...args: readonly string[]): Start {
  return { name, until: 'tools/list over stdio', measure: () => firstListOverStdio(args) };
}

const documented = { name: '@modelcontextprotocol/server as documented', server: 'sdk-documented.ts' };
const fastmcp = { name: 'fastmcp, stateless', server: 'fastmcp.ts' };
const overStdio = [ourMain, '--transport', 'stdio'];
const starts: readonly Start[] = [
  firstCall({ name: 'bare node:http', server: 'bare-node.ts' }, 'echo'),
  firstCall({ name: '@mcp/server', server: 'ours' }, 'modern tools/call'),
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
  firstList('@mcp/server without a configuration', ...overStdio),
  firstList('@mcp/server, examples/quickstart.yaml', ...overStdio, '--config', quickstart),
  firstList('@mcp/server', ...overStdio, '--config', oursConfiguration),
  firstList(documented.name, candidateFile('stdio-sdk-documented.ts')),
  firstList('@modelcontextprotocol/sdk 1.x', candidateFile('stdio-sdk1.ts')),
  firstList('fastmcp', candidateFile('stdio-fastmcp.ts')),
];

const measured = starts.map((): Measured[] => []);
for (let round = 0; round < rounds; round++) {
  for (const [index, start] of starts.entries()) measured[index]?.push(await start.measure(round === 0));
}

printResults({
  title: 'Start and memory',
  method: `${rounds} starts each in turn; median (least-greatest)`,
  columns: ['', 'until', 'ms from process start', 'MB resident then', `MB after ${calls} calls, 64 connections`],
  rows: starts.map(({ name, until }, index) => {
    const list = measured[index] ?? [];
    return [
      name,
      until,
      show(spread(list.map(({ ms }) => ms)), 0),
      show(spread(list.map(({ mb }) => mb)), 0),
      list[0]?.mbAfterCalls?.toFixed(0) ?? '',
    ];
  }),
});
