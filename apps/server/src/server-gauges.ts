import { Gauge, type Registry } from 'prom-client';

/** One figure of the server itself, read when someone scrapes. */
export interface ServerGauge {
  readonly name: `mcp_${string}`;
  readonly help: string;
  readonly read: () => number;
}

/** Registers gauges that cost nothing between two scrapes. */
export function registerServerGauges(registry: Registry, gauges: readonly ServerGauge[]): void {
  for (const { name, help, read } of gauges) {
    const gauge: Gauge = new Gauge({ name, help, registers: [registry], collect: () => gauge.set(read()) });
  }
}
