/**
 * Does a call cost more when two workers share what one process has for itself? With the CPU time of all their processes, beside two
 * servers that know nothing of each other: what two processes cost anyway, as they share the caches of a processor, is no cost of workers.
 */
import { spawnSync } from 'node:child_process';

import { childrenOf } from '../harness/process-time.ts';
import { startCandidate, type Candidate } from './candidate.ts';
import { configurationOf } from './configuration-of.ts';
import { startLoad } from './load.ts';
import { measurePaired, type MeasuredServer } from './paired-cpu.ts';

const KIND = 'modern tools/call';
/** Of each load generator, of which there are two for each process that answers. */
const CONNECTIONS = 32;

interface Setup {
  readonly name: string;
  readonly servers: number;
  readonly workers: number;
  /** One for each process that answers, and for its share of the load. */
  readonly processors: readonly string[];
}

async function start({ name, servers, workers, processors }: Setup): Promise<MeasuredServer> {
  const all = [...new Set(processors)].join(',');
  const env = { MCP_SERVER_WORKERS: String(workers) };
  const candidates: Candidate[] = [];
  while (candidates.length < servers) {
    const own = workers > 1 ? all : processors[candidates.length];
    candidates.push(await startCandidate({ name, server: 'ours', env }, own));
  }
  const [first] = candidates;
  if (!first) throw new Error('a benchmark needs a server');
  if (workers > 1) for (const [index, pid] of childrenOf(first.pid).entries()) pin(pid, processors[index] ?? all);
  // From every processor to every server, as the connections of workers are spread.
  const loads = processors.flatMap((processor) =>
    [0, 1].map((server) => ({ load: startLoad(processor), candidate: candidates[server % servers] ?? first })),
  );
  return {
    pid: first.pid,
    otherPids: candidates.slice(1).map(({ pid }) => pid),
    withChildren: true,
    processes: processors.length,
    configuration: await configurationOf(first),
    async during(ms) {
      const reports = await Promise.all(
        loads.map(async ({ load, candidate }) => load.during(candidate, KIND, ms, CONNECTIONS)),
      );
      return { answers: reports.reduce((sum, { answers }) => sum + answers, 0) };
    },
    async stop() {
      for (const { load } of loads) load[Symbol.dispose]();
      for (const candidate of candidates) await candidate.stop();
    },
  };
}

function pin(pid: number, processor: string): void {
  const { status } = spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', processor, String(pid)]);
  if (status !== 0) throw new Error(`a worker could not be given processor ${processor}`);
}

const processors = ['0', '1'] as const;
const one: Setup = { name: 'one process', servers: 1, workers: 1, processors: ['0'] };
const apart: Setup = { name: 'two servers that know nothing of each other', servers: 2, workers: 1, processors };
const workers: Setup = { name: 'two workers', servers: 1, workers: 2, processors };
const load = '64 connections for each process that answers, from load generators on the same processors';

const caseOf = (setup: Setup) => ({ name: setup.name, start: () => start(setup) });

await measurePaired({
  title: 'tools/call with two workers, a processor for each, against one process',
  load,
  baseline: caseOf(one),
  cases: [caseOf(apart), { ...caseOf(workers), atMost: 2 }],
});
await measurePaired({
  title: 'What two workers cost more than two servers that know nothing of each other',
  load,
  baseline: caseOf(apart),
  cases: [{ ...caseOf(workers), atMost: 1.15 }],
});
