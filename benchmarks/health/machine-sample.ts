import { createHook } from 'node:async_hooks';
import { spawnSync } from 'node:child_process';
import { cpuCheck, diskCheck, memoryCheck } from '@mcp/health';
import { OSUtils } from 'node-os-utils';
import { percentile, timed } from './measure.ts';
import type { Verdict } from './measure.ts';

const ROUNDS = 30;
const { signal } = new AbortController();

/** cpu, memory and disk once each, ours and node-os-utils in turn, with a pause so that each has a window to measure. */
export async function machineSample(): Promise<Verdict[]> {
  const checks = [cpuCheck(), memoryCheck(), diskCheck()];
  const library = new OSUtils({ cacheEnabled: false });
  const sampleOurs = (): Promise<unknown> => Promise.all(checks.map(async (check) => check.run({ signal })));
  const sampleTheirs = (): Promise<unknown> =>
    Promise.all([library.cpu.usage(), library.memory.usage(), library.disk.usageByMountPoint('/')]);

  let processes = 0;
  const hook = createHook({ init: (_id, type) => void (type === 'PROCESSWRAP' && (processes += 1)) });
  const ours: number[] = [];
  const theirs: number[] = [];
  // The first reading of CPU use makes its own window of 100 ms.
  await sampleOurs();
  for (let round = 0; round < ROUNDS; round += 1) {
    await new Promise((resolve) => void setTimeout(resolve, 110));
    hook.enable();
    ours.push(await timed(sampleOurs));
    hook.disable();
    theirs.push(await timed(sampleTheirs));
  }
  const note = `p95 ${percentile(ours, 0.95).toFixed(2)} ms; node-os-utils median ${percentile(theirs, 0.5).toFixed(0)} ms`;
  return [
    { what: 'cpu + memory + disk, once each, median', measured: percentile(ours, 0.5), limit: 2, unit: 'ms', note },
    { what: 'processes started by it', measured: processes, limit: 0, unit: '' },
    await diskAgainstDf(),
  ];
}

async function diskAgainstDf(): Promise<Verdict> {
  const { stdout } = spawnSync('df', ['--output=pcent', '/'], { encoding: 'utf8' });
  const df = Number.parseInt(stdout.split('\n')[1] ?? '', 10);
  const { observedValue } = await diskCheck().run({ signal });
  const note = `ours ${observedValue} %, df ${df} %`;
  return {
    what: 'disk use, distance from df',
    measured: Math.abs(Number(observedValue) - df),
    limit: 1,
    unit: 'points',
    note,
  };
}
