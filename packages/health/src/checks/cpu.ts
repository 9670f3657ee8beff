import { optionsWithDefaults } from '../check-definition.ts';
import type { CheckDefinition, CheckOptions } from '../check-definition.ts';
import { cgroupCpuSource, hostCpuSource } from '../sources/cpu-sources.ts';
import { osUtilsSource } from '../sources/os-utils-source.ts';
import { firstReading } from '../sources/percent-source.ts';
import type { PercentSource } from '../sources/percent-source.ts';
import { PercentThreshold } from './threshold.ts';

export interface CpuCheckOptions extends CheckOptions {
  /** Above this the check is degraded, 0 to 100. @default 80 */
  readonly thresholdPercent?: number | undefined;
  /** The first that can measure is used. @default cgroup quota, `node:os`, node-os-utils if installed */
  readonly sources?: readonly PercentSource[] | undefined;
}

/**
 * CPU load since the previous run: of the cgroup's quota where there is one, else of the machine. Degraded at most, and only
 * after three consecutive runs (`failureThreshold`), since a busy machine may be a healthy one. The first measurement, over
 * 100 ms, is shown but not compared with the threshold: a process that starts is busy. Unknown if no source can measure.
 * @throws {RangeError} when the threshold is out of range
 */
export function cpuCheck(options: CpuCheckOptions = {}): CheckDefinition {
  const { sources = [cgroupCpuSource(), hostCpuSource(), osUtilsSource('cpu')] } = options;
  const threshold = new PercentThreshold('cpuCheck', { thresholdPercent: options.thresholdPercent });
  return {
    ...optionsWithDefaults(options, { name: 'cpu', priority: 'important', failureThreshold: 3 }),
    measurement: 'utilization',
    componentType: 'system',
    async run({ signal }) {
      const reading = await firstReading(sources, signal);
      if (!reading) return { status: 'unknown', message: 'no source could measure the CPU' };
      const { percent, source, metadata, provisional } = reading;
      const outcome = { ...threshold.outcome('CPU use', percent), source, metadata };
      if (provisional !== true || outcome.status === 'healthy') return outcome;
      return { ...outcome, status: 'healthy', message: `${outcome.message} in the first 100 ms; not counted` };
    },
  };
}
