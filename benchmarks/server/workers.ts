/**
 * Does a call cost more when two workers share what one process has for itself? With the CPU time of all their processes, beside two
 * servers that know nothing of each other: what two processes cost anyway, as they share the caches of a processor, is no cost of workers.
 */
import { execFileSync } from 'node:child_process';

import { childrenOf } from '../harness/process-time.ts';
import { startCandidate, type Candidate } from './candidate.ts';
import { configurationOf } from './configuration-of.ts';
import { startLoad } from './load.ts';
import { measurePaired, type MeasuredServer } from './paired-cpu.ts';

const KIND = 'modern tools/call';

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
  const loads = processors.map((processor) => startLoad(processor));
  return {
    pid: first.pid,
    otherPids: candidates.slice(1).map(({ pid }) => pid),
    withChildren: true,
    processes: processors.length,
    configuration: await configurationOf(first),
    async during(ms) {
      const reports = await Promise.all(
        loads.map((load, index) => load.during(candidates[index % servers] ?? first, KIND, ms)),
      );
      return { answers: reports.reduce((sum, { answers }) => sum + answers, 0) };
    },
    async stop() {
      for (const load of loads) load[Symbol.dispose]();
      for (const candidate of candidates) await candidate.stop();
    },
  };
}

function pin(pid: number, processor: string): void {
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', processor, String(pid)]);
}

const each = ['0', '1'] as const;
const one = ['0', '0'] as const;
const apart = 'two servers that know nothing of each other';

function caseOf(setup: Setup) {
  return { name: setup.name, start: () => start(setup) };
}

await measurePaired({
  title: 'tools/call with two workers, against one process',
  load: '64 connections to each process that answers, from a load generator on the same processor',
  baseline: caseOf({ name: 'one process', servers: 1, workers: 1, processors: ['0'] }),
  cases: [
    caseOf({ name: `${apart}, with a processor each`, servers: 2, workers: 1, processors: each }),
    { ...caseOf({ name: 'two workers, with a processor each', servers: 1, workers: 2, processors: each }), atMost: 2 },
    caseOf({ name: `${apart}, on one processor`, servers: 2, workers: 1, processors: one }),
    { ...caseOf({ name: 'two workers, on one processor', servers: 1, workers: 2, processors: one }), atMost: 2 },
  ],
});
