/**
 * Processor time of a request as a multiple of what a bare node:http server takes for one, measured beside it: windows of
 * the two take turns, and each of the contestant's is divided by the mean of its two neighbours. On a busy machine the
 * times themselves mean little; this ratio holds.
 */
import { machineLine, spread, type Spread } from '../harness/paired.ts';
import { cpuMs, startContestant, type Contestant, type ContestantOptions } from './contestant.ts';
import { startLoad, type Load } from './load.ts';
import type { RequestKind } from './requests.ts';
import { quick } from './quick.ts';

export interface CpuCase extends ContestantOptions {
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
  const floor = await startContestant({ ...baseline, env: { ...env, ...baseline.env } });
  const rows: string[] = [];
  try {
    await load.count(floor, baseline.kind, warmUp);
    for (const one of cases) {
      const contestant = await startContestant({ ...one, env: { ...env, ...one.env } });
      try {
        const { ratio, us } = await measure(load, floor, baseline.kind, contestant, one.kind);
        rows.push(`| ${one.name} | ${show(ratio)} | ${show(us, 0)} |`);
      } finally {
        await contestant.stop();
      }
    }
  } finally {
    await floor.stop();
  }
  const head = [
    `### ${title}`,
    '',
    `${machineLine()}; 64 connections, ${pairs} pairs of windows; median (least-greatest).`,
  ];
  const table = [`| | times ${baseline.name} | µs of processor |`, '|---|---|---|', ...rows];
  process.stdout.write([...head, '', ...table, '', ''].join('\n'));
}

const pairs = quick ? 3 : 6;
const windowMs = quick ? 300 : 700;
const warmUp = quick ? 4000 : 20_000;
/** Slow servers are warm before they have answered so many. */
const warmUpMs = quick ? 800 : 4000;

async function measure(
  load: Load,
  floor: Contestant,
  floorKind: RequestKind,
  contestant: Contestant,
  kind: RequestKind,
): Promise<{ ratio: Spread; us: Spread }> {
  await load.during(contestant, kind, warmUpMs);
  const window = async (target: Contestant, what: RequestKind): Promise<number> => {
    const before = cpuMs(target.pid);
    const { answers } = await load.during(target, what, windowMs);
    return (cpuMs(target.pid) - before) / answers;
  };
  const ratios: number[] = [];
  const times: number[] = [];
  let before = await window(floor, floorKind);
  for (let pair = 0; pair < pairs; pair++) {
    const ours = await window(contestant, kind);
    const after = await window(floor, floorKind);
    ratios.push(ours / ((before + after) / 2));
    times.push(ours * 1000);
    before = after;
  }
  return { ratio: spread(ratios), us: spread(times) };
}

function show({ median, least, greatest }: Spread, digits = 2): string {
  return `${median.toFixed(digits)} (${least.toFixed(digits)}-${greatest.toFixed(digits)})`;
}
