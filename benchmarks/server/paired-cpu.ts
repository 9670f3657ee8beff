/**
 * Processor time of a request as a multiple of what a bare node:http server takes for one, measured beside it: windows of
 * the two take turns, and each of the candidate's is divided by the mean of its two neighbours. On a busy machine the
 * times themselves mean little; this ratio holds.
 */
import { spread, type Spread } from '../harness/paired.ts';
import { cpuMs, cpuMsOfTree } from '../harness/process-time.ts';
import { against, printResults } from '../harness/table.ts';
import { configurationOf } from './configuration-of.ts';
import { startCandidate, type CandidateOptions } from './candidate.ts';
import { startLoad } from './load.ts';
import type { RequestKind } from './requests.ts';
import { quick } from '../harness/quick.ts';

export interface CpuCase extends CandidateOptions, Bounded {
  readonly kind: RequestKind;
  /** How many processes share its load. @default 1 */
  readonly processes?: number;
}

interface Bounded {
  /** The greatest ratio that is accepted. @default any */
  readonly atMost?: number;
}

export interface CpuBenchmark {
  readonly title: string;
  readonly env?: Readonly<Record<string, string>>;
  /** @default the bare node:http server */
  readonly baseline?: CpuCase;
  /** Counts the processes that the servers have started. @default false */
  readonly withChildren?: boolean;
  readonly cases: readonly CpuCase[];
}

const bare: CpuCase = { name: 'bare node:http', server: 'bare-node.ts', kind: 'echo' };

export async function measureCpu({
  title,
  env = {},
  baseline = bare,
  withChildren = false,
  cases,
}: CpuBenchmark): Promise<void> {
  using load = startLoad();
  const start = async (one: CpuCase): Promise<MeasuredServer> => {
    const candidate = await startCandidate({ ...one, env: { ...env, ...one.env } });
    return {
      pid: candidate.pid,
      withChildren,
      processes: one.processes ?? 1,
      configuration: await configurationOf(candidate),
      during: (ms) => load.during(candidate, one.kind, ms),
      stop: () => candidate.stop(),
    };
  };
  await measurePaired({
    title,
    load: '64 connections',
    baseline: { name: baseline.name, start: () => start(baseline) },
    cases: cases.map((one) => ({ ...one, start: () => start(one) })),
  });
}

/** A server with its load, however the two are connected. */
export interface MeasuredServer {
  readonly pid: number;
  /** Of further servers that share the load. */
  readonly otherPids?: readonly number[];
  /** Counts the processes that it has started. @default false */
  readonly withChildren?: boolean;
  /** How many share its load. @default 1 */
  readonly processes?: number;
  /** What is on, in its own words; empty for servers that cannot say. */
  readonly configuration: string;
  /** As many requests as fit into the time. @throws Error when an answer was wrong or missing */
  during(ms: number): Promise<{ readonly answers: number }>;
  stop(): Promise<void>;
}

interface PairedCase extends Bounded {
  readonly name: string;
  readonly start: () => Promise<MeasuredServer>;
}

export interface PairedBenchmark {
  readonly title: string;
  /** What it runs under, in words. */
  readonly load: string;
  readonly baseline: PairedCase;
  readonly cases: readonly PairedCase[];
}

export async function measurePaired({ title, load, baseline, cases }: PairedBenchmark): Promise<void> {
  const reference = await baseline.start();
  const rows: string[][] = [];
  try {
    await warmUp(reference);
    // In a quick run peers would take most of the time, and nothing depends on their figures.
    const limited = cases.filter(({ atMost }) => atMost !== undefined);
    for (const { name, start, atMost } of quick && limited.length > 0 ? limited : cases) {
      const candidate = await start();
      try {
        const { ratio, us } = await measure(reference, candidate);
        // Code that is not optimised yet, and other processes, only make a window of a quick run longer.
        const compared = quick ? ratio.least : ratio.median;
        const bound = atMost === undefined ? '' : against(atMost, compared);
        rows.push([name, show(ratio), bound, show(us, 1), candidate.configuration]);
      } finally {
        await candidate.stop();
      }
    }
  } finally {
    await reference.stop();
  }
  printResults({
    title,
    method: `${load}, ${pairs} pairs of windows; median (least-greatest)`,
    columns: ['', `times ${baseline.name}`, 'at most', 'µs of processor', 'configuration'],
    rows,
  });
}

const pairs = quick ? 3 : 6;
const windowMs = quick ? 300 : 700;
/** Several processes share the load, and each takes longer until it has caught up after a pause. Each window opens its connections anew. */
const SHARED_WINDOW_MS = quick ? 700 : 2000;
/** Code is optimised after so many answers of a process, however many processes and other programs share the processor. */
const WARM_ANSWERS = quick ? 10_000 : 40_000;
/** For those that answer a few hundred requests a second. */
const MAX_WARM_UP_MS = quick ? 4000 : 15_000;
const WARM_UP_STEP_MS = 1000;

async function warmUp(server: MeasuredServer): Promise<void> {
  const wanted = WARM_ANSWERS * (server.processes ?? 1);
  const endMs = performance.now() + MAX_WARM_UP_MS * (server.processes ?? 1);
  for (let answers = 0; answers < wanted && performance.now() < endMs;) {
    const step = await server.during(WARM_UP_STEP_MS);
    answers += step.answers;
  }
}

async function measure(reference: MeasuredServer, candidate: MeasuredServer): Promise<{ ratio: Spread; us: Spread }> {
  const shared = (candidate.processes ?? 1) > 1;
  await warmUp(candidate);
  const window = async (target: MeasuredServer): Promise<number> => {
    const one = target.withChildren === true ? cpuMsOfTree : cpuMs;
    const cpu = (): number => [target.pid, ...(target.otherPids ?? [])].reduce((sum, pid) => sum + one(pid), 0);
    const before = cpu();
    const { answers } = await target.during(shared ? SHARED_WINDOW_MS : windowMs);
    return (cpu() - before) / answers;
  };
  const ratios: number[] = [];
  const perAnswer: number[] = [];
  let before = await window(reference);
  for (let pair = 0; pair < pairs; pair++) {
    const ours = await window(candidate);
    const after = await window(reference);
    ratios.push(ours / ((before + after) / 2));
    perAnswer.push(ours * 1000);
    before = after;
  }
  return { ratio: spread(ratios), us: spread(perAnswer) };
}

function show({ median, least, greatest }: Spread, digits = 2): string {
  return `${median.toFixed(digits)} (${least.toFixed(digits)}-${greatest.toFixed(digits)})`;
}
