// What does a sandbox cost each program, against its limits alone? The helper is confined once and not each program, so nearly nothing is
// expected: at least 0.95 times as many programs a second, at most 1.1 times the p99.

import { createLauncher, SandboxLauncher, type ProgramSpec, type SandboxRequest } from '@mcp/tool-base';
import { quick } from '../harness/quick.ts';
import { against, atLeast, percentile, printResults, show, spread } from '../harness/table.ts';
import { holds, SANDBOXES } from './sandbox-levels.ts';

const CONCURRENT = 8;
const ROUNDS = quick ? 1 : 5;
const ROUND_MS = quick ? 300 : 800;
const MIN_RATIO = 0.95;
const MAX_P99_RATIO = 1.1;

const LIMITS = { cpuSeconds: 15, memoryBytes: 2 ** 30, fileBytes: 64 * 2 ** 20, openFiles: 256 };
interface Round {
  readonly perSecond: number;
  readonly p99Ms: number;
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
    while (performance.now() - startedAt < ROUND_MS) {
      const before = performance.now();
      let bytes = 0;
      await launcher.run(spec, { onOutput: (_stream, chunk) => void (bytes += chunk.length) });
      if (bytes !== 'hello\n'.length) throw new Error(`wrong answer: ${bytes} bytes`);
      times.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, worker));
  return { perSecond: (times.length * 1000) / (performance.now() - startedAt), p99Ms: percentile(times, 0.99) };
}

await using launcher = new SandboxLauncher({ plain: await createLauncher() });
await launcher.prepare([...SANDBOXES.values()]);
const measured = [...SANDBOXES].filter(([, request]) => holds(launcher, request));
const rounds = new Map<string, Round[]>(measured.map(([name]) => [name, []]));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, request] of measured) rounds.get(name)?.push(await measure(launcher, request));
}
const base = rounds.get('limits') ?? [];
printResults({
  title: `Programs in a sandbox, ${CONCURRENT} at a time, against their limits alone`,
  method: `/bin/echo, ${ROUNDS} rounds each in turn; median (least-greatest); levels that hold on this machine`,
  columns: ['level', 'programs a second', 'times limits', 'at least', 'p99, ms', 'times limits', 'at most'],
  rows: measured.map(([name, request]) => {
    const list = rounds.get(name) ?? [];
    const ratio = spread(list.map(({ perSecond }, round) => perSecond / (base[round]?.perSecond ?? Number.NaN)));
    const slower = spread(list.map(({ p99Ms }, round) => p99Ms / (base[round]?.p99Ms ?? Number.NaN)));
    const isConfined = request.mode !== 'limits';
    return [
      name,
      show(spread(list.map(({ perSecond }) => perSecond)), 0),
      show(ratio, 2),
      isConfined ? atLeast(MIN_RATIO, ratio.median) : '',
      show(spread(list.map(({ p99Ms }) => p99Ms)), 1),
      show(slower, 2),
      isConfined ? against(MAX_P99_RATIO, slower.median) : '',
    ];
  }),
});
