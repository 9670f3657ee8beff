/** How many calls a second to a program (`/bin/echo`), eight at a time? */
import { machineLine } from '../harness/paired.ts';
import { startCandidate, type CandidateOptions } from './candidate.ts';
import { startLoad } from './load.ts';
import { quick } from '../harness/quick.ts';

const candidates: readonly CandidateOptions[] = [
  { name: '@mcp/server', server: 'ours' },
  { name: '@modelcontextprotocol/server as documented, spawn in the handler', server: 'sdk-documented.ts' },
];
const rounds = quick ? 2 : 5;
const windowMs = quick ? 700 : 1500;

using load = startLoad();
// Not pinned: the programs are to have both processors.
const servers = [];
for (const options of candidates) servers.push(await startCandidate(options, '0,1'));
const rates = servers.map((): number[] => []);
// Starting a program copies the page tables of whoever starts it, so it matters that the servers are as large as they get.
for (const server of servers) await load.count(server, 'tools/call', quick ? 1000 : 20_000);
for (const server of servers) await load.during(server, 'program', windowMs, 8);
for (let round = 0; round < rounds; round++) {
  for (const [index, server] of servers.entries()) {
    const { answers } = await load.during(server, 'program', windowMs, 8);
    rates[index]?.push((answers / windowMs) * 1000);
  }
}
await Promise.all(servers.map((server) => server.stop()));

const sorted = rates.map((list) => list.toSorted((a, b) => a - b));
const middle = (list: readonly number[]): number => list[Math.floor(list.length / 2)] ?? Number.NaN;
const base = middle(sorted.at(-1) ?? []);
const rows = candidates.map(({ name }, index) => {
  const list = sorted[index] ?? [];
  const range = `${middle(list).toFixed(0)} (${list[0]?.toFixed(0)}-${list.at(-1)?.toFixed(0)})`;
  return `| ${name} | ${range} | ${(middle(list) / base).toFixed(2)} |`;
});
process.stdout.write(
  [
    '### Calls to a program, 8 at a time',
    '',
    `${machineLine()}; after ${quick ? 1000 : 20_000} calls of a function tool; ${rounds} windows each in turn; median (least-greatest).`,
    '',
    '| | calls a second | times the documented SDK |',
    '|---|---|---|',
    ...rows,
    '',
    '',
  ].join('\n'),
);
