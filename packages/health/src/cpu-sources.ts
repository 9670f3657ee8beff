import { cpus } from 'node:os';
import type { CpuInfo } from 'node:os';
import { cgroupCpu } from './cgroup-limits.ts';
import { cgroupFinder, readKernelFile } from './cgroup-paths.ts';
import type { FileReader } from './cgroup-paths.ts';
import { keepProcessAlive, systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import type { PercentReading, PercentSource } from './percent-source.ts';

/** Two counters that only grow: CPU time spent, and CPU time there was to spend. */
interface CpuCounter {
  /** Samples are compared by this; it changes when the limit does. */
  readonly key: string;
  readonly source: string;
  readonly busyMs: number;
  readonly capacityMs: number;
  readonly limitCpus: number;
}

/** Shorter windows say more about the kernel's clock tick than about load. */
const MIN_WINDOW_MS = 100;

async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  using _alive = keepProcessAlive();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = clock.setTimer(resolve, ms);
  signal.addEventListener('abort', () => resolve(), { once: true });
  if (signal.aborted) resolve();
  await promise;
  timer.cancel();
}

/** Load over the window since the previous reading; the first reading makes itself a window of 100 ms, without blocking. */
function deltaSource(name: string, clock: Clock, sample: () => Promise<readonly CpuCounter[]>): PercentSource {
  let before: { readonly at: number; readonly counters: readonly CpuCounter[] } | undefined;
  let last: PercentReading | undefined;
  const take = async (): Promise<NonNullable<typeof before>> => ({ at: clock.monotonic(), counters: await sample() });

  return {
    name,
    async read(signal) {
      let now = await take();
      if (now.counters.length === 0) return undefined;
      if (before && last && now.at - before.at < MIN_WINDOW_MS) return last;
      if (!before || now.at - before.at < MIN_WINDOW_MS) {
        before = now;
        await pause(clock, MIN_WINDOW_MS, signal);
        now = await take();
      }
      const then = before.counters;
      before = now;
      last = busiest(then, now.counters);
      return last;
    },
  };
}

/** Of several limits one above the other, the one that is closest to being reached. */
function busiest(before: readonly CpuCounter[], now: readonly CpuCounter[]): PercentReading | undefined {
  let found: PercentReading | undefined;
  for (const counter of now) {
    const earlier = before.find(({ key }) => key === counter.key);
    if (!earlier || counter.capacityMs <= earlier.capacityMs) continue;
    const share = (counter.busyMs - earlier.busyMs) / (counter.capacityMs - earlier.capacityMs);
    const percent = Math.min(100, Math.max(0, share * 100));
    if (found && percent <= found.percent) continue;
    found = { percent, source: counter.source, metadata: { limitCpus: counter.limitCpus } };
  }
  return found;
}

/** The CPUs this process may run on (cpuset, affinity), as indices of `os.cpus()`. Undefined where that cannot be told. */
async function allowedCpus(read: FileReader): Promise<ReadonlySet<number> | undefined> {
  try {
    const list = /^Cpus_allowed_list:\s*([\d,-]+)$/m.exec(await read('/proc/self/status'))?.[1] ?? '';
    const allowed = list.split(',').flatMap((range) => {
      const [first = Number.NaN, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_unused, offset) => first + offset);
    });
    return new Set(allowed);
  } catch {
    return undefined;
  }
}

async function usableCpus(read: FileReader, readCpus: () => CpuInfo[]): Promise<CpuInfo[]> {
  const [all, allowed] = [readCpus(), await allowedCpus(read)];
  const usable = all.filter((_cpu, index) => allowed?.has(index));
  return usable.length === 0 ? all : usable;
}

export interface CpuSourceOptions {
  /** Default: the file system. */
  readonly read?: FileReader | undefined;
  /** Default: `os.cpus`. */
  readonly cpus?: (() => CpuInfo[]) | undefined;
  readonly clock?: Clock | undefined;
}

/** Time used against the tightest CPU quota over this process (cgroup v1 or v2); silent where none is tighter than its CPUs. */
export function cgroupCpuSource(options: CpuSourceOptions = {}): PercentSource {
  const { read = readKernelFile, cpus: readCpus = cpus, clock = systemClock } = options;
  const find = cgroupFinder(read);
  return deltaSource('cgroup', clock, async () => {
    const levels = await cgroupCpu(find, read);
    const now = clock.monotonic();
    // Most machines have no quota, and are spared the look at the CPUs.
    const machineCpus = levels.length === 0 ? 0 : (await usableCpus(read, readCpus)).length;
    const tight = levels.filter(({ limitCpus }) => limitCpus < machineCpus);
    return tight.map(({ source, directory, limitCpus, usedMs }) => {
      return { key: `${directory} ${limitCpus}`, source, busyMs: usedMs, capacityMs: now * limitCpus, limitCpus };
    });
  });
}

/** Load of the CPUs this process may run on, by `os.cpus()`. */
export function hostCpuSource(options: CpuSourceOptions = {}): PercentSource {
  const { read = readKernelFile, cpus: readCpus = cpus, clock = systemClock } = options;
  return deltaSource('node:os', clock, async () => {
    const usable = await usableCpus(read, readCpus);
    let busyMs = 0;
    let capacityMs = 0;
    for (const { times } of usable) {
      const busy = times.user + times.nice + times.sys + times.irq;
      busyMs += busy;
      capacityMs += busy + times.idle;
    }
    const limitCpus = usable.length;
    return limitCpus === 0 ? [] : [{ key: String(limitCpus), source: 'node:os', busyMs, capacityMs, limitCpus }];
  });
}
