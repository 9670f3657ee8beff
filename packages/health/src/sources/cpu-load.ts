import { keepProcessAlive } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { PercentReading, PercentSource } from './percent-source.ts';

/** Two monotonic counters: CPU time used and CPU time available. */
export interface CpuCounter {
  /** Two samples are compared if their keys are equal; the key changes with the limit. */
  readonly key: string;
  readonly source: string;
  readonly busyMs: number;
  readonly capacityMs: number;
  readonly limitCpus: number;
}

interface CpuSample {
  readonly takenMs: number;
  readonly counters: readonly CpuCounter[];
}

/** In a shorter window the kernel's clock tick outweighs the load. */
const MIN_WINDOW_MS = 100;

async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  using _alive = keepProcessAlive();
  const { promise, resolve } = Promise.withResolvers<void>();
  using _timer = clock.setTimer(ms, resolve);
  signal.addEventListener('abort', () => resolve(), { once: true });
  if (signal.aborted) resolve();
  await promise;
}

/** Load since the previous reading. The first reading waits 100 ms, without blocking, and is marked as provisional. */
export function cpuLoadSource(
  name: string,
  clock: Clock,
  readCounters: () => Promise<readonly CpuCounter[]>,
): PercentSource {
  let previous: CpuSample | undefined;
  let reading: PercentReading | undefined;
  const sample = async (): Promise<CpuSample> => ({ takenMs: clock.monotonicMs(), counters: await readCounters() });

  return {
    name,
    async read(signal) {
      let newest = await sample();
      if (newest.counters.length === 0) return undefined;
      const provisional = previous === undefined;
      const tooEarly = previous !== undefined && newest.takenMs - previous.takenMs < MIN_WINDOW_MS;
      if (tooEarly && reading) return reading;
      if (previous === undefined || tooEarly) {
        previous = newest;
        await pause(clock, MIN_WINDOW_MS, signal);
        newest = await sample();
      }
      const load = highestLoad(previous.counters, newest.counters);
      previous = newest;
      reading = load && (provisional ? { ...load, provisional } : load);
      return reading;
    },
  };
}

/** Of nested limits, the one closest to being reached. */
function highestLoad(before: readonly CpuCounter[], after: readonly CpuCounter[]): PercentReading | undefined {
  let highest: PercentReading | undefined;
  for (const counter of after) {
    const earlier = before.find(({ key }) => key === counter.key);
    if (!earlier || counter.capacityMs <= earlier.capacityMs) continue;
    const share = (counter.busyMs - earlier.busyMs) / (counter.capacityMs - earlier.capacityMs);
    const percent = Math.min(100, Math.max(0, share * 100));
    if (highest && percent <= highest.percent) continue;
    highest = { percent, source: counter.source, metadata: { limitCpus: counter.limitCpus } };
  }
  return highest;
}
