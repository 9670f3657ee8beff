import { optionsWithDefaults } from '../check-definition.ts';
import type { CheckDefinition, CheckOptions } from '../check-definition.ts';
import { cgroupMemorySource, hostMemorySource } from '../sources/memory-sources.ts';
import { osUtilsSource } from '../sources/os-utils-source.ts';
import { firstReading } from '../sources/percent-source.ts';
import type { PercentSource } from '../sources/percent-source.ts';
import { PercentThreshold } from './threshold.ts';
import type { ThresholdOptions } from './threshold.ts';

export interface MemoryCheckOptions extends CheckOptions, ThresholdOptions {
  /** The first that can measure is used. @default cgroup limit, `node:os`, node-os-utils if installed */
  readonly sources?: readonly PercentSource[] | undefined;
}

/**
 * Memory used: of the cgroup's limit where there is one, else of the machine. Unknown if no source can measure.
 * @throws {RangeError} when a threshold is out of range
 */
export function memoryCheck(options: MemoryCheckOptions = {}): CheckDefinition {
  const { sources = [cgroupMemorySource(), hostMemorySource(), osUtilsSource('memory')] } = options;
  const threshold = new PercentThreshold('memoryCheck', options);
  return {
    ...optionsWithDefaults(options, { name: 'memory', priority: 'important' }),
    measurement: 'utilization',
    componentType: 'system',
    async run({ signal }) {
      const reading = await firstReading(sources, signal);
      if (!reading) return { status: 'unknown', message: 'no source could measure memory' };
      const { percent, source, metadata } = reading;
      return { ...threshold.outcome('memory use', percent), source, metadata };
    },
  };
}
