/** Loaded into the server under test: answers every message of its parent with what the process holds after a collection. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface Probe {
  readonly heapMb: number;
  /** Of node's own list of what keeps the loop busy. */
  readonly timers: number;
  /** Longest delay of the event loop since the last probe, and its 99th percentile. */
  readonly maxDelayMs: number;
  readonly p99DelayMs: number;
}

const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();

process.on('message', () => {
  const probe: Omit<Probe, 'heapMb' | 'timers'> = {
    maxDelayMs: delay.max / 1e6,
    p99DelayMs: delay.percentile(99) / 1e6,
  };
  globalThis.gc?.();
  globalThis.gc?.();
  process.send?.({
    ...probe,
    heapMb: process.memoryUsage().heapUsed / 1e6,
    timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
  });
  // The collections asked for here are not the server's.
  setImmediate(() => delay.reset());
});
process.channel?.unref();
