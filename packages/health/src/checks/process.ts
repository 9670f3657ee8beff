import { getHeapStatistics } from 'node:v8';
import { optionsWithDefaults } from '../check-definition.ts';
import type { CheckDefinition, CheckOptions } from '../check-definition.ts';
import { systemClock } from '../clock.ts';
import { PercentThreshold } from './threshold.ts';
import type { ThresholdOptions } from './threshold.ts';

export interface ProcessCheckOptions extends CheckOptions, ThresholdOptions {
  /** Heap figures in bytes. @default getHeapStatistics of `node:v8` */
  readonly heap?: (() => { readonly used_heap_size: number; readonly heap_size_limit: number }) | undefined;
}

/**
 * The JavaScript heap of this process, relative to the limit at which V8 aborts. `thresholdPercent` is 90 by default.
 * @throws {RangeError} when a threshold is out of range
 */
export function processCheck(options: ProcessCheckOptions = {}): CheckDefinition {
  const { heap = getHeapStatistics } = options;
  const threshold = new PercentThreshold('processCheck', {
    ...options,
    thresholdPercent: options.thresholdPercent ?? 90,
  });
  let cpuBefore = process.cpuUsage();
  let measuredMs = systemClock.monotonicMs();
  return {
    ...optionsWithDefaults(options, { name: 'process', priority: 'important', groups: ['live', 'ready'] }),
    measurement: 'heap',
    componentType: 'system',
    run() {
      const { used_heap_size: usedHeapBytes, heap_size_limit: heapLimitBytes } = heap();
      const cpu = process.cpuUsage(cpuBefore);
      const nowMs = systemClock.monotonicMs();
      const cpuPercent = Math.round(((cpu.user + cpu.system) / 10 / Math.max(1, nowMs - measuredMs)) * 10) / 10;
      cpuBefore = process.cpuUsage();
      measuredMs = nowMs;
      return {
        ...threshold.outcome('heap use', (usedHeapBytes / heapLimitBytes) * 100),
        source: 'node:v8',
        metadata: {
          pid: process.pid,
          uptimeSeconds: Math.round(process.uptime()),
          rssBytes: process.memoryUsage.rss(),
          usedHeapBytes,
          heapLimitBytes,
          cpuPercent,
        },
      };
    },
  };
}
