import { scheduleOf } from '../check.ts';
import type { CheckDefinition, CheckOptions } from '../check.ts';
import { cgroupCpuSource, hostCpuSource } from '../cpu-sources.ts';
import { osUtilsSource } from '../os-utils-source.ts';
import { firstReading } from '../percent-source.ts';
import type { PercentSource } from '../percent-source.ts';
import { PercentThreshold } from './threshold.ts';

export interface CpuCheckOptions extends CheckOptions {
  /** Above this the check is degraded, 0 to 100; default 80. */
  readonly thresholdPercent?: number | undefined;
  /** Asked in this order. Default: cgroup quota, `node:os`, node-os-utils if installed. */
  readonly sources?: readonly PercentSource[] | undefined;
}

/**
 * CPU load since the previous run: of the cgroup's quota where there is one, else of the machine. Degraded at most, and only
 * after three runs in a row (`failureThreshold`): a busy machine does its job. Unknown if no source answers.
 */
export function cpuCheck(options: CpuCheckOptions = {}): CheckDefinition {
  const { sources = [cgroupCpuSource(), hostCpuSource(), osUtilsSource('cpu')] } = options;
  const threshold = new PercentThreshold('cpuCheck', { thresholdPercent: options.thresholdPercent });
  return {
    ...scheduleOf(options, { name: 'cpu', priority: 'important', failureThreshold: 3 }),
    measurement: 'utilization',
    componentType: 'system',
    async run({ signal }) {
      const reading = await firstReading(sources, signal);
      if (!reading) return { status: 'unknown', message: 'no source could measure the CPU' };
      const { percent, source, metadata } = reading;
      return { ...threshold.outcome('CPU use', percent), source, metadata };
    },
  };
}
