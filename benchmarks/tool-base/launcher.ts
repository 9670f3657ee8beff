// How many programs a second can a grown server start, and does its event loop notice? By `execFile`, which copies the page
// tables of all its memory for each start, and by the launcher, whose small process was started before the memory was taken.

// oxlint-disable-next-line no-restricted-imports -- execFile is the peer that is measured
import { execFile } from 'node:child_process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { createLauncher, type Launcher, type ProgramSpec } from '@mcp/tool-base';
import { quick } from '../harness/quick.ts';
import { againstTime, atLeast, printResults, show, spread } from '../harness/table.ts';

const MEGABYTES = 300;
const CONCURRENT = 8;
const ROUNDS = quick ? 1 : 5;
const ROUND_MS = quick ? 300 : 1500;
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
const run = promisify(execFile);

async function byExecFile(): Promise<void> {
  const { stdout } = await run('/bin/echo', ['hello']);
  if (stdout !== 'hello\n') throw new Error(`wrong answer: ${stdout}`);
}

async function byLauncher(launcher: Launcher, spec: ProgramSpec): Promise<void> {
  let bytes = 0;
  await launcher.run(spec, { onOutput: (_stream, chunk) => void (bytes += chunk.length) });
  if (bytes !== 'hello\n'.length) throw new Error(`wrong answer: ${bytes} bytes`);
}

async function measure(start: () => Promise<void>): Promise<Round> {
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

/** Short rounds in turn, so that all see the same machine. */
async function measureAll(): Promise<ReadonlyMap<string, readonly Round[]>> {
  await using launcher = await createLauncher();
  // Touched page by page, as a server's memory is.
  const ballast = Array.from({ length: MEGABYTES }, () => Buffer.alloc(2 ** 20, 1));
  const candidates: Readonly<Record<string, () => Promise<void>>> = {
    execFile: byExecFile,
    'launcher, with limits (what tools get)': () => byLauncher(launcher, { ...SPEC, limits: LIMITS }),
    'launcher, without': () => byLauncher(launcher, SPEC),
  };
  const rounds = new Map<string, Round[]>(Object.keys(candidates).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, start] of Object.entries(candidates)) rounds.get(name)?.push(await measure(start));
  }
  if (ballast.length !== MEGABYTES) throw new Error('the memory was not kept');
  return rounds;
}

const rounds = await measureAll();
const base = rounds.get('execFile') ?? [];
printResults({
  title: `Starting programs, ${CONCURRENT} at a time, from a process that holds ${MEGABYTES} MB`,
  method: `/bin/echo, ${ROUNDS} rounds each in turn; median (least-greatest)`,
  columns: ['', 'programs a second', 'times execFile', 'at least', 'event-loop delay p99, ms', 'at most'],
  rows: [...rounds].map(([name, list]) => {
    const ratio = spread(list.map(({ perSecond }, round) => perSecond / (base[round]?.perSecond ?? Number.NaN)));
    const delay = spread(list.map(({ delayP99Ms }) => delayP99Ms));
    const limited = name.includes('with limits');
    return [
      name,
      show(spread(list.map(({ perSecond }) => perSecond)), 0),
      show(ratio, 1),
      limited ? atLeast(MIN_RATIO, ratio.median) : '',
      show(delay, 1),
      limited ? againstTime(MAX_DELAY_MS, delay.median) : '',
    ];
  }),
});
