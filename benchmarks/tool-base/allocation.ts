// How many bytes does `callTool` allocate around a tool that does nothing?
import { freshProcesses } from '../harness/fresh-process.ts';
import { collect } from '../harness/memory.ts';
import { quick } from '../harness/quick.ts';
import { against, median, printResults, show, spread } from '../harness/table.ts';
import { bare, pipeline } from './idle-tool.ts';

const ROUNDS = quick ? 1 : 5;
const WARM_UP = quick ? 2000 : 20_000;
const MAX_BYTES = 1536;
/** Fewer than fill the young generation, so that nothing is collected in between. */
const CALLS = 1000;

async function bytesPerCall(work: () => Promise<unknown>): Promise<number> {
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let call = 0; call < CALLS; call += 1) await work();
  return (process.memoryUsage().heapUsed - before) / CALLS;
}

const measured = await freshProcesses(import.meta.url, async () => {
  const piped = pipeline();
  for (let call = 0; call < WARM_UP; call += 1) await piped();
  const over: number[] = [];
  for (let sample = 0; sample < 15; sample += 1) over.push((await bytesPerCall(piped)) - (await bytesPerCall(bare)));
  return median(over);
});
const rounds: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measured('callTool'));
const bytes = spread(rounds);
printResults({
  title: 'Allocated for a tool that does nothing',
  method: `${ROUNDS} fresh processes; median (least-greatest)`,
  columns: ['', 'bytes a call over the bare call', 'at most'],
  rows: [['callTool', show(bytes, 0), against(MAX_BYTES, bytes.median)]],
});
