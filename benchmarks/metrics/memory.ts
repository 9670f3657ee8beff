// What do 1000 tools weigh, and what do 50,000 invented names add? Each measurement is a fresh process.
import { SystemMetrics } from '@mcp/metrics';
import { freshProcesses } from '../harness/fresh-process.ts';
import { idleCpuPercent, settledBytes } from '../harness/memory.ts';
import { quick } from '../harness/quick.ts';
import { printResults, show, spread } from '../harness/table.ts';
import { filled, ours, promClient, promIo, type Recorder } from './candidates.ts';

const ROUNDS = quick ? 1 : 3;
const NAMES = quick ? 2000 : 50_000;
const IDLE_MS = quick ? 100 : 2000;

interface Weight {
  readonly toolsBytes: number;
  readonly namesBytes: number;
  readonly idlePercent: number;
}

const candidates: Readonly<Record<string, () => Recorder>> = {
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

async function weigh(make: (() => Recorder) | undefined): Promise<Weight> {
  if (make === undefined) throw new Error('no such candidate');
  // One of each kind first: code and hidden classes are not what a tool weighs.
  filled(make());
  const empty = await settledBytes();
  const recorder = filled(make());
  const full = await settledBytes();
  for (let i = 0; i < NAMES; i++) recorder.fail(`invented name ${i}`, 'execution_error');
  const after = await settledBytes();
  const idlePercent = await idleCpuPercent(IDLE_MS);
  // Using it here keeps it alive until it was weighed.
  recorder.fail('the last name', 'execution_error');
  return { toolsBytes: full - empty, namesBytes: after - full, idlePercent };
}

const weighed = await freshProcesses(import.meta.url, (name) => weigh(candidates[name]));
const rows: string[][] = [];
for (const name of Object.keys(candidates)) {
  const weights: Weight[] = [];
  for (let round = 0; round < ROUNDS; round++) weights.push(await weighed(name));
  const column = (pick: (weight: Weight) => number): string => show(spread(weights.map(pick)), 2);
  rows.push([name, column((w) => w.toolsBytes / 1e6), column((w) => w.namesBytes / 1e6), column((w) => w.idlePercent)]);
}
printResults({
  title: 'Memory of metrics',
  method: `${ROUNDS} fresh processes each; median (least-greatest)`,
  columns: ['', 'MB for 1000 tools', `MB that ${NAMES} invented names add`, '% of one processor, idle'],
  rows,
});
