import { getHeapStatistics } from 'node:v8';
import { scheduleOf } from '../check.ts';
import type { CheckDefinition, CheckOptions } from '../check.ts';
import { PercentThreshold } from './threshold.ts';
import type { ThresholdOptions } from './threshold.ts';

export interface ProcessCheckOptions extends CheckOptions, ThresholdOptions {
  /** Heap figures in bytes. Default `v8.getHeapStatistics()`. */
  readonly heap?: (() => { readonly used_heap_size: number; readonly heap_size_limit: number }) | undefined;
}

/** This process: how close its JavaScript heap is to the limit at which V8 ends it. Default threshold 90 %. */
export function processCheck(options: ProcessCheckOptions = {}): CheckDefinition {
  const { heap = getHeapStatistics } = options;
  const threshold = new PercentThreshold('processCheck', {
    ...options,
    thresholdPercent: options.thresholdPercent ?? 90,
  });
  let cpuBefore = process.cpuUsage();
  let measuredAt = performance.now();
  return {
    ...scheduleOf(options, { name: 'process', priority: 'important', groups: ['live', 'ready'] }),
    measurement: 'heap',
    componentType: 'system',
    run() {
      const { used_heap_size: usedHeapBytes, heap_size_limit: heapLimitBytes } = heap();
      const cpu = process.cpuUsage(cpuBefore);
      const now = performance.now();
      const cpuPercent = Math.round(((cpu.user + cpu.system) / 10 / Math.max(1, now - measuredAt)) * 10) / 10;
      cpuBefore = process.cpuUsage();
      measuredAt = now;
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
