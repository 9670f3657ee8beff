import { freshProcesses } from './fresh-process.ts';
import { quick } from './quick.ts';
import { against, median, printResults, show, spread } from './table.ts';

export { machineLine, spread, type Spread } from './table.ts';

/** Does the work `calls` times. */
export type Batch = (calls: number) => void | Promise<void>;

/** Prepares one candidate in a process of its own and returns what is to be timed. */
export type Candidate = () => Batch | Promise<Batch>;

export interface PairedBenchmark {
  readonly title: string;
  /** `import.meta.url` of the benchmark: the file is run again for every measurement. */
  readonly file: string;
  /** Fresh processes for each candidate. @default 7 */
  readonly rounds?: number;
  /** Of the printed times. @default ns */
  readonly unit?: keyof typeof nanoseconds;
  /** Whether candidates do what the baseline does and more, so that the difference is their own cost. @default true */
  readonly difference?: boolean;
  /** The greatest ratio that is accepted, by the name of the candidate. @default any */
  readonly atMost?: Readonly<Record<string, number>>;
}

export interface Comparison {
  readonly baseline: readonly [name: string, candidate: Candidate];
  /** A name is used in one comparison only. */
  readonly candidates: Readonly<Record<string, Candidate>>;
  /** Calls in one timed batch. @default 1000 */
  readonly batch?: number;
  /** Timed batches of each of the two in one process. @default 200 */
  readonly samples?: number;
}

/** Nanoseconds a call: the median of a process' batches. */
interface Pair {
  readonly baseline: number;
  readonly candidate: number;
}

const nanoseconds = { ns: 1, µs: 1e3, ms: 1e6 };

/**
 * Compares candidates with a baseline, and prints the results. Every measurement is a fresh process that holds the
 * baseline and one candidate only and times batches of the two in turn, so that neither another candidate's optimised
 * code nor a change in the machine's load falls on one of them. The order of the candidates rotates from round to round.
 */
export async function paired(benchmark: PairedBenchmark, ...comparisons: readonly Comparison[]): Promise<void> {
  const { title, file, unit = 'ns', difference = true, atMost } = benchmark;
  const rounds = quick ? 1 : (benchmark.rounds ?? 7);
  const measured = await freshProcesses(file, (name) => measure(comparisons, name));
  const rows: string[][] = [];
  for (const { baseline, candidates } of comparisons) {
    const names = Object.keys(candidates);
    const pairs = new Map<string, Pair[]>(names.map((name) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < names.length; turn++) {
        const name = names[(round + turn) % names.length] ?? '';
        pairs.get(name)?.push(await measured(name));
      }
    }
    rows.push(...rowsOf(baseline[0], pairs, unit, atMost ?? {}));
  }
  const columns = ['', `${unit} a call`, 'times baseline', 'at most', `${unit} over baseline`];
  const shown = <T>(cells: readonly T[]): readonly T[] =>
    cells.filter((_, column) => (column !== 3 || atMost !== undefined) && (column !== 4 || difference));
  const method = `${rounds} fresh processes each; median (least-greatest)`;
  printResults({ title, method, columns: shown(columns), rows: rows.map(shown) });
}

async function measure(comparisons: readonly Comparison[], name: string): Promise<Pair> {
  const comparison = comparisons.find(({ candidates }) => name in candidates);
  const candidate = comparison?.candidates[name];
  if (comparison === undefined || candidate === undefined) throw new Error(`no candidate ${name}`);
  const { batch = 1000, samples: all = 200 } = comparison;
  const samples = quick ? Math.ceil(all / 10) : all;
  const baseline = await comparison.baseline[1]();
  const work = await candidate();
  const times: [number[], number[]] = [[], []];
  const warmUp = Math.ceil(samples / 4);
  for (let sample = -warmUp; sample < samples; sample++) {
    for (const [index, run] of [baseline, work].entries()) {
      const start = process.hrtime.bigint();
      await run(batch);
      const ns = Number(process.hrtime.bigint() - start) / batch;
      if (sample >= 0) times[index as 0 | 1].push(ns);
    }
  }
  return { baseline: median(times[0]), candidate: median(times[1]) };
}

function rowsOf(
  baseline: string,
  pairs: ReadonlyMap<string, readonly Pair[]>,
  unit: keyof typeof nanoseconds,
  atMost: Readonly<Record<string, number>>,
) {
  const time = (values: readonly number[]): string =>
    show(spread(values.map((ns) => ns / nanoseconds[unit])), unit === 'ns' ? 1 : 2);
  const ofBaseline = [...pairs.values()].flat().map((pair) => pair.baseline);
  const rows = [...pairs].map(([name, list]) => {
    const ratio = spread(list.map((pair) => pair.candidate / pair.baseline));
    const bound = atMost[name];
    return [
      name,
      time(list.map((pair) => pair.candidate)),
      show(ratio, 2),
      bound === undefined ? '' : against(bound, ratio.median),
      time(list.map((pair) => pair.candidate - pair.baseline)),
    ];
  });
  return [[`${baseline} (baseline)`, time(ofBaseline), '1', '', '0'], ...rows];
}
