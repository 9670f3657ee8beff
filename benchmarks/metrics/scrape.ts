// How long does a scrape of 1000 tools take, and how long does it keep the event loop from anything else?
import { setTimeout as sleep } from 'node:timers/promises';
import { machineLine, spread } from '../harness/paired.ts';
import { filled, ours, promClient, promIo, type Recorder } from './contestants.ts';

const ROUNDS = 60;
const WARM_UP = 10;

const contestants: [name: string, recorder: Recorder][] = [
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

const scrapes = new Map<string, Scrape[]>(contestants.map(([name]) => [name, []]));
for (let round = 0; round < ROUNDS + WARM_UP; round++) {
  for (let turn = 0; turn < contestants.length; turn++) {
    const [name, recorder] = contestants[(round + turn) % contestants.length] ?? ['', filled(ours())];
    const scrape = await timed(recorder);
    if (round >= WARM_UP) scrapes.get(name)?.push(scrape);
    // Garbage of one contestant is not to be collected during the scrape of the next.
    await sleep(15);
  }
}

process.stdout.write(
  `### Scrape of 1000 tools\n\n${machineLine()}; ${ROUNDS} scrapes each in turn; median (least-greatest).\n\n`,
);
process.stdout.write('| | lines | MB | ms | longest block, ms |\n|---|---|---|---|---|\n');
for (const [name, recorder] of contestants) {
  const body = await recorder.scrape();
  const list = scrapes.get(name) ?? [];
  const [ms, block] = [spread(list.map((one) => one.ms)), spread(list.map((one) => one.blockMs))];
  const show = ({ median, least, greatest }: typeof ms) =>
    `${median.toFixed(1)} (${least.toFixed(1)}-${greatest.toFixed(1)})`;
  const lines = body.split('\n').length;
  process.stdout.write(`| ${name} | ${lines} | ${(body.length / 1e6).toFixed(2)} | ${show(ms)} | ${show(block)} |\n`);
}
