import { freshProcesses } from './fresh-process.ts';
import { idleCpuPercent, settledBytes } from './memory.ts';
import { quick } from './quick.ts';
import { printResults, show, spread } from './table.ts';

export interface FootprintOptions {
  readonly title: string;
  /** `import.meta.url` of the file that calls `footprint`: it is run again for every measurement. */
  readonly file: string;
  /** Each makes one instance, which is kept. */
  readonly candidates: Readonly<Record<string, () => unknown>>;
}

interface Footprint {
  readonly bytes: number;
  readonly cpuPercent: number;
}

const INSTANCES = quick ? 500 : 10_000;
const IDLE_MS = quick ? 100 : 1000;
const ROUNDS = quick ? 1 : 3;

/** Prints a markdown table: heap bytes an instance, and the share of one processor that many idle instances use. */
export async function footprint({ title, file, candidates }: FootprintOptions): Promise<void> {
  const measured = await freshProcesses(file, (name) => measure(candidates[name]));
  const rows: string[][] = [];
  for (const name of Object.keys(candidates)) {
    const runs: Footprint[] = [];
    for (let round = 0; round < ROUNDS; round++) runs.push(await measured(name));
    const [bytes, cpu] = [spread(runs.map((run) => run.bytes)), spread(runs.map((run) => run.cpuPercent))];
    rows.push([name, show(bytes, 0), show(cpu, 1)]);
  }
  const method = `${INSTANCES} instances, ${ROUNDS} fresh processes each; median (least-greatest)`;
  printResults({ title, method, columns: ['', 'heap bytes each', '% of one processor, all idle'], rows });
}

async function measure(make: (() => unknown) | undefined): Promise<Footprint> {
  if (make === undefined) throw new Error('no such candidate');
  // The first few pay for code and hidden classes; they are not what an instance costs.
  const kept: unknown[] = Array.from({ length: INSTANCES + 100 }, () => undefined);
  for (let n = 0; n < 100; n++) kept[n] = make();
  const before = await settledBytes();
  for (let n = 0; n < INSTANCES; n++) kept[n + 100] = make();
  const bytes = ((await settledBytes()) - before) / INSTANCES;
  const cpuPercent = await idleCpuPercent(IDLE_MS);
  if (kept.length < INSTANCES) throw new Error('instances were not kept');
  return { bytes, cpuPercent };
}
