import type { MetricRegistry } from '@mcp/metrics';
import { Gauge, type Registry } from 'prom-client';

/** One figure of the server itself, read when someone scrapes. */
export interface ServerGauge {
  readonly name: `mcp_${string}`;
  readonly help: string;
  readonly read: () => number;
}

/** Registers gauges that cost nothing between two scrapes. */
export function registerServerGauges(registry: MetricRegistry, gauges: readonly ServerGauge[]): void {
  for (const { name, help, read } of gauges) {
    // Gauge wants the whole class of its library and calls registerMetric.
    const registers = [registry as unknown as Registry];
    const gauge: Gauge = new Gauge({ name, help, registers, collect: () => gauge.set(read()) });
  }
}
