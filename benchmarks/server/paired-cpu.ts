/**
 * Processor time of a request as a multiple of what a bare node:http server takes for one, measured beside it: windows of
 * the two take turns, and each of the candidate's is divided by the mean of its two neighbours. On a busy machine the
 * times themselves mean little; this ratio holds.
 */
import { spread, type Spread } from '../harness/paired.ts';
import { printAnswer } from '../harness/table.ts';
import { cpuMs, startCandidate, type CandidateOptions } from './candidate.ts';
import { startLoad } from './load.ts';
import type { RequestKind } from './requests.ts';
import { quick } from './quick.ts';

export interface CpuCase extends CandidateOptions {
  readonly kind: RequestKind;
}

export interface CpuQuestion {
  readonly title: string;
  readonly env?: Readonly<Record<string, string>>;
  /** @default the bare node:http server */
  readonly baseline?: CpuCase;
  readonly cases: readonly CpuCase[];
}

const bare: CpuCase = { name: 'bare node:http', server: 'bare-node.ts', kind: 'echo' };

export async function askCpu({ title, env = {}, baseline = bare, cases }: CpuQuestion): Promise<void> {
  using load = startLoad();
  const start = async (one: CpuCase): Promise<MeasuredServer> => {
    const candidate = await startCandidate({ ...one, env: { ...env, ...one.env } });
    return {
      pid: candidate.pid,
      during: (ms) => load.during(candidate, one.kind, ms),
      stop: () => candidate.stop(),
    };
  };
  await askPaired({
    title,
    load: '64 connections',
    baseline: { name: baseline.name, start: () => start(baseline) },
    cases: cases.map((one) => ({ name: one.name, start: () => start(one) })),
  });
}

/** A server with its load, however the two are connected. */
export interface MeasuredServer {
  readonly pid: number;
  /** As many requests as fit into the time. @throws Error when an answer was wrong or missing */
  during(ms: number): Promise<{ readonly answers: number }>;
  stop(): Promise<void>;
}

interface PairedCase {
  readonly name: string;
  readonly start: () => Promise<MeasuredServer>;
}

export interface PairedQuestion {
  readonly title: string;
  /** What it runs under, in words. */
  readonly load: string;
  readonly baseline: PairedCase;
  readonly cases: readonly PairedCase[];
}

export async function askPaired({ title, load, baseline, cases }: PairedQuestion): Promise<void> {
  const floor = await baseline.start();
  const rows: string[][] = [];
  try {
    await floor.during(warmUpMs);
    for (const { name, start } of cases) {
      const candidate = await start();
      try {
        const { ratio, us } = await measure(floor, candidate);
        rows.push([name, show(ratio), show(us, 1)]);
      } finally {
        await candidate.stop();
      }
    }
  } finally {
    await floor.stop();
  }
  printAnswer({
    title,
    method: `${load}, ${pairs} pairs of windows; median (least-greatest)`,
    columns: ['', `times ${baseline.name}`, 'µs of processor'],
    rows,
  });
}

const pairs = quick ? 3 : 6;
const windowMs = quick ? 300 : 700;
const warmUpMs = quick ? 800 : 4000;

async function measure(floor: MeasuredServer, candidate: MeasuredServer): Promise<{ ratio: Spread; us: Spread }> {
  await candidate.during(warmUpMs);
  const window = async (target: MeasuredServer): Promise<number> => {
    const before = cpuMs(target.pid);
    const { answers } = await target.during(windowMs);
    return (cpuMs(target.pid) - before) / answers;
  };
  const ratios: number[] = [];
  const times: number[] = [];
  let before = await window(floor);
  for (let pair = 0; pair < pairs; pair++) {
    const ours = await window(candidate);
    const after = await window(floor);
    ratios.push(ours / ((before + after) / 2));
    times.push(ours * 1000);
    before = after;
  }
  return { ratio: spread(ratios), us: spread(times) };
}

function show({ median, least, greatest }: Spread, digits = 2): string {
  return `${median.toFixed(digits)} (${least.toFixed(digits)}-${greatest.toFixed(digits)})`;
}
