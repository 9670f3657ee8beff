import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { machineLine, spread } from './paired.ts';

export interface FootprintOptions {
  readonly title: string;
  /** `import.meta.url` of the file that calls `footprint`: it is run again for every measurement. */
  readonly file: string;
  /** Each makes one instance, which is kept. */
  readonly contestants: Readonly<Record<string, () => unknown>>;
  /** @default 10000 */
  readonly instances?: number;
  /** Fresh processes for each contestant. @default 3 */
  readonly rounds?: number;
  /** How long the instances are left alone while the processor time is read. @default 1000 */
  readonly idleMs?: number;
}

interface Footprint {
  readonly bytes: number;
  readonly cpuPercent: number;
}

const CASE = 'FOOTPRINT_CONTESTANT';

/** Prints a markdown table: heap bytes an instance, and the share of one processor that many idle instances use. */
export async function footprint(options: FootprintOptions): Promise<void> {
  const wanted = process.env[CASE];
  if (wanted !== undefined) {
    process.stdout.write(JSON.stringify(await measure(options, wanted)));
    process.exit(0);
  }
  const { rounds = 3, instances = 10_000 } = options;
  const rows: string[] = [];
  for (const name of Object.keys(options.contestants)) {
    const runs: Footprint[] = [];
    for (let round = 0; round < rounds; round++) runs.push(await inFreshProcess(options, name));
    const bytes = spread(runs.map((run) => run.bytes));
    const cpu = spread(runs.map((run) => run.cpuPercent));
    rows.push(
      `| ${name} | ${bytes.median.toFixed(0)} (${bytes.least.toFixed(0)}-${bytes.greatest.toFixed(0)}) | ${cpu.median.toFixed(1)} (${cpu.least.toFixed(1)}-${cpu.greatest.toFixed(1)}) |`,
    );
  }
  const head = `${machineLine()}; ${instances} instances, ${rounds} fresh processes each; median (least-greatest).`;
  const columns = '| | heap bytes each | % of one processor, all idle |\n|---|---|---|';
  process.stdout.write(`### ${options.title}\n\n${head}\n\n${columns}\n${rows.join('\n')}\n\n`);
}

async function measure(options: FootprintOptions, name: string): Promise<Footprint> {
  const make = options.contestants[name];
  const { gc } = globalThis;
  if (make === undefined || gc === undefined) throw new Error(`no contestant ${name}, or node without --expose-gc`);
  const { instances = 10_000, idleMs = 1000 } = options;
  // The first few pay for code and hidden classes; they are not what an instance costs.
  const kept: unknown[] = Array.from({ length: instances + 100 }, () => undefined);
  for (let n = 0; n < 100; n++) kept[n] = make();
  const heap = (): number => {
    gc();
    gc();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  await sleep(50);
  const before = heap();
  for (let n = 0; n < instances; n++) kept[n + 100] = make();
  await sleep(50);
  const bytes = (heap() - before) / instances;
  const start = process.cpuUsage();
  await sleep(idleMs);
  const used = process.cpuUsage(start);
  if (kept.length < instances) throw new Error('instances were not kept');
  return { bytes, cpuPercent: ((used.user + used.system) / 1000 / idleMs) * 100 };
}

function inFreshProcess(options: FootprintOptions, name: string): Promise<Footprint> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--expose-gc', '--conditions=@mcp/source', fileURLToPath(options.file)], {
      env: { ...process.env, [CASE]: name },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(output) as Footprint);
      else reject(new Error(`the process of ${name} ended with code ${code}`));
    });
  });
}
