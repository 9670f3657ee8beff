// What do processor, memory and disk cost to read once each? Ours and node-os-utils in turn, with a pause so that each has
// a window to measure.
import { createHook } from 'node:async_hooks';
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuCheck, diskCheck, memoryCheck } from '@mcp/health';
import { OSUtils } from 'node-os-utils';
import { quick } from '../harness/quick.ts';
import { againstTime, printResults, show, spread } from '../harness/table.ts';

const ROUNDS = quick ? 3 : 30;
const { signal } = new AbortController();
const checks = [cpuCheck(), memoryCheck(), diskCheck()];
const library = new OSUtils({ cacheEnabled: false });

const sampleOurs = async (): Promise<void> => {
  for (const { status } of await Promise.all(checks.map(async (check) => check.run({ signal })))) {
    if (status === 'unknown') throw new Error('a check had no figure');
  }
};
const sampleTheirs = async (): Promise<void> => {
  const samples = [library.cpu.usage(), library.memory.usage(), library.disk.usageByMountPoint('/')];
  for (const { success } of await Promise.all(samples)) if (!success) throw new Error('node-os-utils had no figure');
};

let processes = 0;
const hook = createHook({ init: (_id, type) => void (type === 'PROCESSWRAP' && (processes += 1)) });
const candidates = [
  { name: '@mcp/health', sample: sampleOurs, times: [] as number[], processes: 0 },
  { name: 'node-os-utils', sample: sampleTheirs, times: [] as number[], processes: 0 },
];
// The first reading of CPU use makes its own window of 100 ms.
await sampleOurs();
for (let round = 0; round < ROUNDS; round += 1) {
  await sleep(110);
  for (const one of candidates) {
    processes = 0;
    hook.enable();
    const startedAt = performance.now();
    await one.sample();
    one.times.push(performance.now() - startedAt);
    hook.disable();
    one.processes = processes;
  }
}

const { stdout } = spawnSync('df', ['--output=pcent', '/'], { encoding: 'utf8' });
const { observedValue } = await diskCheck().run({ signal });
// df rounds up to whole points.
const distance = Math.abs(Number(observedValue) - Number.parseInt(stdout.split('\n')[1] ?? '', 10));
if (!(distance <= 1)) throw new Error(`the disk check is ${distance} points from df`);

printResults({
  title: 'Processor, memory and disk, read once each',
  method: `${ROUNDS} readings each in turn; median (least-greatest); the disk figure was checked against df`,
  columns: ['', 'ms', 'processes started', 'ms at most'],
  rows: candidates.map(({ name, times, processes: started }) => {
    const measured = spread(times);
    const limit = name === '@mcp/health' ? againstTime(2, measured.median) : '';
    return [name, show(measured, 1), String(started), limit];
  }),
});
