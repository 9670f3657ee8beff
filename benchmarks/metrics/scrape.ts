// How long does a scrape of 1000 tools take, and how long does it keep the event loop from anything else?
import { setTimeout as sleep } from 'node:timers/promises';
import { quick } from '../harness/quick.ts';
import { printResults, show, spread } from '../harness/table.ts';
import { filled, ours, promClient, promIo, type Recorder } from './candidates.ts';

const ROUNDS = quick ? 5 : 60;
const WARM_UP = quick ? 2 : 10;

const candidates: [name: string, recorder: Recorder][] = [
  ['prom-client 15.1.3 used directly', filled(promClient())],
  ['@prometheus-io/client 0.16.1 used directly', filled(promIo())],
  ['@mcp/metrics', filled(ours())],
];

interface Scrape {
  ms: number;
  blockMs: number;
}

async function timed(recorder: Recorder): Promise<Scrape> {
  let running = true;
  let last = performance.now();
  let blockMs = 0;
  const turn = () => {
    const now = performance.now();
    blockMs = Math.max(blockMs, now - last);
    last = now;
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  const start = performance.now();
  await recorder.scrape();
  const ms = performance.now() - start;
  running = false;
  turn();
  return { ms, blockMs };
}

const scrapes = new Map<string, Scrape[]>(candidates.map(([name]) => [name, []]));
for (let round = 0; round < ROUNDS + WARM_UP; round++) {
  for (let turn = 0; turn < candidates.length; turn++) {
    const [name, recorder] = candidates[(round + turn) % candidates.length] ?? ['', filled(ours())];
    const scrape = await timed(recorder);
    if (round >= WARM_UP) scrapes.get(name)?.push(scrape);
    // Garbage of one candidate is not to be collected during the scrape of the next.
    await sleep(15);
  }
}

const rows: string[][] = [];
for (const [name, recorder] of candidates) {
  const body = await recorder.scrape();
  const list = scrapes.get(name) ?? [];
  const [ms, block] = [spread(list.map((one) => one.ms)), spread(list.map((one) => one.blockMs))];
  rows.push([name, String(body.split('\n').length), (body.length / 1e6).toFixed(2), show(ms, 1), show(block, 1)]);
}
printResults({
  title: 'Scrape of 1000 tools',
  method: `${ROUNDS} scrapes each in turn; median (least-greatest)`,
  columns: ['', 'lines', 'MB', 'ms', 'longest block, ms'],
  rows,
});
