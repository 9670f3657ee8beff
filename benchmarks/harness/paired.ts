import { spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Does the work `calls` times. */
export type Batch = (calls: number) => void | Promise<void>;

/** Prepares one contestant in a process of its own and returns what is to be timed. */
export type Contestant = () => Batch | Promise<Batch>;

export interface PairedOptions {
  readonly title: string;
  /** `import.meta.url` of the file that calls `paired`: it is run again for every measurement. */
  readonly file: string;
  readonly baseline: readonly [name: string, contestant: Contestant];
  readonly contestants: Readonly<Record<string, Contestant>>;
  /** Fresh processes for each contestant. @default 7 */
  readonly rounds?: number;
  /** Calls in one timed batch. @default 1000 */
  readonly batch?: number;
  /** Timed batches of each of the two in one process. @default 200 */
  readonly samples?: number;
  /** Extra arguments for node. @default --conditions=@mcp/source, so that packages run from source */
  readonly nodeArguments?: readonly string[];
}

export interface PairedResult {
  readonly name: string;
  /** Nanoseconds a call: the median of each process' medians, and the least and greatest of them. */
  readonly ns: Spread;
  /** Times the baseline measured in the same process. */
  readonly ratio: Spread;
  /** Nanoseconds above the baseline measured in the same process. */
  readonly over: Spread;
}

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

const CASE = 'BENCH_CONTESTANT';

/**
 * Compares contestants with a baseline, and prints a markdown table with machine and date.
 * Every measurement is a fresh process that holds the baseline and one contestant only and times batches of the two in
 * turn, so that neither another contestant's optimised code nor a change in the machine's load falls on one of them.
 * The order of the contestants rotates from round to round.
 */
export async function paired(options: PairedOptions): Promise<PairedResult[]> {
  const wanted = process.env[CASE];
  if (wanted !== undefined) {
    // This is one of the fresh processes. It skips other tables of the same file, and ends once it has measured.
    const [title, name] = JSON.parse(wanted) as [string, string];
    if (title !== options.title) return [];
    process.stdout.write(JSON.stringify(await measure(options, name)));
    process.exit(0);
  }
  const names = Object.keys(options.contestants);
  const pairs = new Map<string, Pair[]>(names.map((name) => [name, []]));
  for (let round = 0; round < (options.rounds ?? 7); round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length] ?? '';
      pairs.get(name)?.push(await inFreshProcess(options, name));
    }
  }
  const results = [...pairs].map(([name, list]) => resultOf(name, list));
  const baseline = spread([...pairs.values()].flat().map((pair) => pair.baseline));
  process.stdout.write(table(options, baseline, results));
  return results;
}

interface Pair {
  readonly baseline: number;
  readonly contestant: number;
}

async function measure(options: PairedOptions, name: string): Promise<Pair> {
  const contestant = options.contestants[name];
  if (contestant === undefined) throw new Error(`no contestant ${name}`);
  const { batch = 1000, samples = 200 } = options;
  const baseline = await options.baseline[1]();
  const work = await contestant();
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
  return { baseline: median(times[0]), contestant: median(times[1]) };
}

function inFreshProcess(options: PairedOptions, name: string): Promise<Pair> {
  const { nodeArguments = ['--conditions=@mcp/source'] } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...nodeArguments, fileURLToPath(options.file)], {
      env: { ...process.env, [CASE]: JSON.stringify([options.title, name]) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(output) as Pair);
      else reject(new Error(`the process of ${name} ended with code ${code}`));
    });
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), least: Math.min(...values), greatest: Math.max(...values) };
}

function resultOf(name: string, pairs: readonly Pair[]): PairedResult {
  return {
    name,
    ns: spread(pairs.map((pair) => pair.contestant)),
    ratio: spread(pairs.map((pair) => pair.contestant / pair.baseline)),
    over: spread(pairs.map((pair) => pair.contestant - pair.baseline)),
  };
}

/** `2026-11-22, Node 24.21.0, 2 x AMD EPYC`: what a number means nothing without. */
export function machineLine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, Node ${process.versions.node}, ${processors.length} x ${model}, ${process.platform}`;
}

function table(options: PairedOptions, baseline: Spread, results: readonly PairedResult[]): string {
  const show = ({ median: middle, least, greatest }: Spread, digits: number): string =>
    `${middle.toFixed(digits)} (${least.toFixed(digits)}-${greatest.toFixed(digits)})`;
  const rows = results.map(
    ({ name, ns, ratio, over }) => `| ${name} | ${show(ns, 1)} | ${show(ratio, 2)} | ${show(over, 1)} |`,
  );
  return [
    `### ${options.title}`,
    '',
    `${machineLine()}; ${options.rounds ?? 7} fresh processes each; median (least-greatest).`,
    '',
    '| | ns a call | times baseline | ns over baseline |',
    '|---|---|---|---|',
    `| ${options.baseline[0]} (baseline) | ${show(baseline, 1)} | 1 | 0 |`,
    ...rows,
    '',
    '',
  ].join('\n');
}
