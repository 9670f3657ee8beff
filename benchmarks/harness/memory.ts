/** What is measured of memory and idleness, in a process of `freshProcesses`. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Collects garbage. */
export function collect(): void {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('needs node --expose-gc');
  gc();
  gc();
}

/** Bytes that are alive, once what was started has come to rest. */
export async function settledBytes(): Promise<number> {
  await sleep(100);
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Per cent of one processor that this process uses while nobody asks anything of it. */
export async function idleCpuPercent(ms: number): Promise<number> {
  const start = process.cpuUsage();
  await sleep(ms);
  const { user, system } = process.cpuUsage(start);
  return ((user + system) / 1000 / ms) * 100;
}
