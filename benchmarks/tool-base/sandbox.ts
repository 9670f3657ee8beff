// What does a sandbox cost each program, against its limits alone? The helper is confined once and not each program, so nearly nothing is
// expected: at least 0.95 times as many programs a second, at most 1.1 times the p99.

import { createLauncher, SandboxLauncher, type ProgramSpec, type SandboxRequest } from '@mcp/tool-base';
import { quick } from '../harness/quick.ts';
import { against, atLeast, percentile, printResults, show, spread } from '../harness/table.ts';
import { holds, SANDBOXES } from './sandbox-levels.ts';

const CONCURRENT = 8;
const ROUNDS = quick ? 1 : 9;
const SLICE_MS = quick ? 200 : 400;
const MIN_RATIO = 0.95;
const MAX_P99_RATIO = 1.1;

const LIMITS = { cpuSeconds: 15, memoryBytes: 2 ** 30, fileBytes: 64 * 2 ** 20, openFiles: 256 };

interface Round {
  readonly times: readonly number[];
  readonly ms: number;
}

async function measure(launcher: SandboxLauncher, sandbox: SandboxRequest): Promise<Round> {
  const spec: ProgramSpec = {
    program: '/bin/echo',
    args: [{ text: 'hello', role: 'fixed' }],
    maxOutputBytes: 4096,
    graceMs: 1000,
    limits: LIMITS,
    sandbox,
  };
  const startedAt = performance.now();
  const times: number[] = [];
  const worker = async (): Promise<void> => {
    while (performance.now() - startedAt < SLICE_MS) {
      const before = performance.now();
      let bytes = 0;
      await launcher.run(spec, { onOutput: (_stream, chunk) => void (bytes += chunk.length) });
      if (bytes !== 'hello\n'.length) throw new Error(`wrong answer: ${bytes} bytes`);
      times.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, worker));
  return { times, ms: performance.now() - startedAt };
}

/** Both sides of one round, in the order limits, level, level, limits, so that a machine that gets busier or idler favours none. */
interface Pair {
  readonly limits: Round;
  readonly level: Round;
}

async function measurePair(request: SandboxRequest): Promise<Pair> {
  const slices: Round[] = [];
  for (const each of [BASE, request, request, BASE]) slices.push(await measure(launcher, each));
  const [first, second, third, fourth] = slices as [Round, Round, Round, Round];
  return { limits: bothOf(first, fourth), level: bothOf(second, third) };
}

function bothOf(one: Round, other: Round): Round {
  const times = [...one.times, ...other.times];
  const ms = one.ms + other.ms;
  return { times, ms };
}

const perSecond = ({ times, ms }: Round): number => (times.length * 1000) / ms;
const p99 = ({ times }: Round): number => percentile(times, 0.99);

const BASE = SANDBOXES.get('limits')!;
await using launcher = new SandboxLauncher({ plain: await createLauncher() });
await launcher.prepare([...SANDBOXES.values()]);
const measured = [...SANDBOXES].filter(([, request]) => request !== BASE && holds(launcher, request));
const pairs = new Map<string, Pair[]>(measured.map(([name]) => [name, []]));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, request] of measured) pairs.get(name)?.push(await measurePair(request));
}
printResults({
  title: `Programs in a sandbox, ${CONCURRENT} at a time, against their limits alone`,
  method:
    `/bin/echo with ${JSON.stringify(LIMITS)}, ${ROUNDS} pairs each in the order limits, level, level, limits, ` +
    `${2 * SLICE_MS} ms a side; median (least-greatest); levels that hold on this machine`,
  columns: [
    'level',
    'programs a second',
    'of limits',
    'times',
    'at least',
    'p99, ms',
    'of limits',
    'times',
    'at most',
    'configuration',
  ],
  rows: measured.map(([name, request]) => {
    const list = pairs.get(name) ?? [];
    const faster = spread(list.map(({ limits, level }) => perSecond(level) / perSecond(limits)));
    const slower = spread(list.map(({ limits, level }) => p99(level) / p99(limits)));
    return [
      name,
      show(spread(list.map(({ level }) => perSecond(level))), 0),
      show(spread(list.map(({ limits }) => perSecond(limits))), 0),
      show(faster, 2),
      atLeast(MIN_RATIO, faster.median),
      show(spread(list.map(({ level }) => p99(level))), 1),
      show(spread(list.map(({ limits }) => p99(limits))), 1),
      show(slower, 2),
      against(MAX_P99_RATIO, slower.median),
      `${launcher.sandboxOf(request)?.mechanism}, network ${request.network}, syscalls ${request.syscalls}`,
    ];
  }),
});
