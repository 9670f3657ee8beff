/**
 * How many programs a second can a grown server start, and does its event loop notice? `/bin/echo` eight at a time from a process
 * of 300 MB: by `execFile`, which copies the page tables of all that memory for each start, and by the launcher, whose helper was
 * started while this process was small. Short alternating rounds, so that both see the same machine.
 *
 *   node --conditions=@mcp/source benchmarks/tool-base/launcher.ts
 */

// oxlint-disable-next-line no-restricted-imports -- execFile is the peer that is measured
import { execFile } from 'node:child_process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { createLauncher, type ProgramSpec } from '@mcp/tool-base';
import { machineLine, spread } from '../harness/paired.ts';

const MEGABYTES = 300;
const CONCURRENT = 8;
const ROUNDS = 5;
const ROUND_MS = 1500;
const MIN_RATIO = 3;
const MAX_DELAY_MS = 10;

interface Round {
  readonly perSecond: number;
  readonly delayP99Ms: number;
}

const LIMITS = { cpuSeconds: 15, memoryBytes: 2 ** 30, fileBytes: 64 * 2 ** 20, openFiles: 256 };
const SPEC: ProgramSpec = {
  program: '/bin/echo',
  args: [{ text: 'hello', role: 'fixed' }],
  maxOutputBytes: 4096,
  graceMs: 1000,
};

async function measure(start: () => Promise<unknown>): Promise<Round> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const startedAt = performance.now();
  let done = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() - startedAt < ROUND_MS) {
      await start();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, worker));
  delay.disable();
  return { perSecond: (done * 1000) / (performance.now() - startedAt), delayP99Ms: delay.percentile(99) / 1e6 };
}

await using launcher = await createLauncher();
// Touched page by page, as a server's memory is.
const ballast = Array.from({ length: MEGABYTES }, () => Buffer.alloc(2 ** 20, 1));

const run = promisify(execFile);
const contestants: Readonly<Record<string, () => Promise<unknown>>> = {
  execFile: () => run('/bin/echo', ['hello']),
  'launcher, with limits': () => launcher.run({ ...SPEC, limits: LIMITS }, { onOutput: () => undefined }),
  'launcher, no limits': () => launcher.run(SPEC, { onOutput: () => undefined }),
};
const rounds = new Map<string, Round[]>(Object.keys(contestants).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, start] of Object.entries(contestants)) rounds.get(name)?.push(await measure(start));
}

console.log(
  `${machineLine()}; resident memory ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MB, ${ROUNDS} rounds`,
);
console.log(`ballast ${ballast.length} MB, ${CONCURRENT} at a time; medians`);
const summary = new Map(
  [...rounds].map(([name, list]) => [
    name,
    {
      perSecond: spread(list.map((round) => round.perSecond)).median,
      delayP99Ms: spread(list.map((round) => round.delayP99Ms)).median,
    },
  ]),
);
const base = summary.get('execFile')?.perSecond ?? Number.NaN;
for (const [name, { perSecond, delayP99Ms }] of summary) {
  const figures = [
    `${perSecond.toFixed(0)} programs/s`,
    `${(perSecond / base).toFixed(1)}x`,
    `delay p99 ${delayP99Ms.toFixed(1)} ms`,
  ];
  console.log(`${name.padEnd(24)}${figures.join('  ')}`);
}
const ours = summary.get('launcher, with limits');
const failed = ours === undefined || ours.perSecond / base < MIN_RATIO || ours.delayP99Ms > MAX_DELAY_MS;
console.log(failed ? 'FAILED' : 'ok', `(limits: ${MIN_RATIO}x, ${MAX_DELAY_MS} ms)`);
process.exitCode = failed ? 1 : 0;
