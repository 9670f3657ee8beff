/** How long until the first answer, and how much memory after 20,000 calls? */
import { machineLine, spread, type Spread } from '../harness/paired.ts';
import { residentMb, startCandidate, type CandidateOptions } from './candidate.ts';
import { startLoad } from './load.ts';
import { quick } from './quick.ts';
import type { RequestKind } from './requests.ts';

const candidates: readonly (CandidateOptions & { readonly kind: RequestKind })[] = [
  { name: 'bare node:http', server: 'bare-node.ts', kind: 'echo' },
  { name: '@mcp/server', server: 'ours', kind: 'modern tools/call' },
  // The SDK is loaded for the session.
  { name: '@mcp/server, 2025 in a session', server: 'ours', kind: 'tools/call', session: true },
  {
    name: '@mcp/server with --max-semi-space-size=4',
    server: 'ours',
    kind: 'modern tools/call',
    env: { NODE_OPTIONS: '--max-semi-space-size=4' },
  },
  {
    name: '@modelcontextprotocol/server as documented',
    server: 'sdk-documented.ts',
    kind: 'modern tools/call',
  },
  { name: '@modelcontextprotocol/sdk 1.x, stateless', server: 'sdk1.ts', kind: 'tools/call' },
  { name: 'fastmcp, stateless', server: 'fastmcp.ts', kind: 'tools/call' },
];
const rounds = quick ? 2 : 5;
const calls = quick ? 2000 : 20_000;

using load = startLoad();
const starts = candidates.map((): number[] => []);
const before = candidates.map((): number[] => []);
const after: number[] = [];
for (let round = 0; round < rounds; round++) {
  for (const [index, candidate] of candidates.entries()) {
    const startedAt = performance.now();
    const server = await startCandidate(candidate, '0,1');
    await load.count(server, candidate.kind, 1, 1);
    starts[index]?.push(performance.now() - startedAt);
    before[index]?.push(residentMb(server.pid));
    if (round === 0) {
      await load.count(server, candidate.kind, calls);
      after.push(residentMb(server.pid));
    }
    await server.stop();
  }
}

const show = ({ median, least, greatest }: Spread): string =>
  `${median.toFixed(0)} (${least.toFixed(0)}-${greatest.toFixed(0)})`;
const rows = candidates.map(
  ({ name }, index) =>
    `| ${name} | ${show(spread(starts[index] ?? []))} | ${show(spread(before[index] ?? []))} | ${after[index]?.toFixed(0)} |`,
);
process.stdout.write(
  [
    '### Start and memory',
    '',
    `${machineLine()}; ${rounds} starts each in turn; median (least-greatest).`,
    '',
    `| | ms from process start to the first answer | MB resident then | MB after ${calls} calls, 64 connections |`,
    '|---|---|---|---|',
    ...rows,
    '',
    '',
  ].join('\n'),
);
