// What do 1000 tools weigh, and what do 50,000 invented names add? Each measurement is a fresh process.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { SystemMetrics } from '@mcp/metrics';
import { machineLine, spread } from '../harness/paired.ts';
import { filled, ours, promClient, promIo, type Recorder } from './contestants.ts';

const ROUNDS = 5;
const NAMES = 50_000;
const CASE = 'BENCH_MEMORY';

interface Weight {
  toolsMb: number;
  namesMb: number;
  idleCpuPercent: number;
}

const contestants: Record<string, () => Recorder> = {
  'prom-client 15.1.3 used directly': () => promClient(),
  '@prometheus-io/client 0.16.1 used directly': () => promIo(),
  '@mcp/metrics': () => ours(),
  '@mcp/metrics, watching the event loop': () => {
    const recorder = ours();
    if (new SystemMetrics({ registry: recorder.metrics.registry, eventLoop: true }).snapshot().errors > 0)
      throw new Error();
    return recorder;
  },
};

async function weigh(make: () => Recorder): Promise<Weight> {
  // One of each kind first: code and hidden classes are not what a tool weighs.
  filled(make());
  await sleep(100);
  const empty = megabytes();
  const recorder = filled(make());
  await sleep(100);
  const full = megabytes();
  for (let i = 0; i < NAMES; i++) recorder.fail(`invented name ${i}`, 'execution_error');
  await sleep(100);
  const after = megabytes();
  const cpu = process.cpuUsage();
  await sleep(2000);
  const { user, system } = process.cpuUsage(cpu);
  // Reading it here also keeps the recorder alive until it was weighed.
  if ((await recorder.scrape()) === '') throw new Error('nothing was recorded');
  return { toolsMb: full - empty, namesMb: after - full, idleCpuPercent: (user + system) / 1000 / 20 };
}

function megabytes(): number {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('needs node --expose-gc');
  gc();
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}

function inFreshProcess(name: string): Promise<Weight> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--expose-gc', '--conditions=@mcp/source', fileURLToPath(import.meta.url)], {
      env: { ...process.env, [CASE]: name },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(output) as Weight);
      else reject(new Error(`the process of ${name} ended with code ${code}`));
    });
  });
}

const wanted = contestants[process.env[CASE] ?? ''];
if (wanted !== undefined) {
  process.stdout.write(JSON.stringify(await weigh(wanted)));
  process.exit(0);
}

process.stdout.write(`### Memory\n\n${machineLine()}; ${ROUNDS} fresh processes each; median (least-greatest).\n\n`);
process.stdout.write(
  `| | MB for 1000 tools | MB that ${NAMES} invented names add | % of one processor, idle |\n|---|---|---|---|\n`,
);
for (const name of Object.keys(contestants)) {
  const weights: Weight[] = [];
  for (let round = 0; round < ROUNDS; round++) weights.push(await inFreshProcess(name));
  const show = (pick: (weight: Weight) => number) => {
    const { median, least, greatest } = spread(weights.map(pick));
    return `${median.toFixed(2)} (${least.toFixed(2)}-${greatest.toFixed(2)})`;
  };
  const cells = [show((w) => w.toolsMb), show((w) => w.namesMb), show((w) => w.idleCpuPercent)];
  process.stdout.write(`| ${name} | ${cells.join(' | ')} |\n`);
}
