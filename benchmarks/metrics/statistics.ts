// What do the statistics of 1000 tools cost, percentiles over the last 100 executions included?
import { paired } from '../harness/paired.ts';
import * as prom from 'prom-client';
import { DURATIONS_MS, filled, ours, TOOLS } from './candidates.ts';

await paired(
  {
    title: 'Statistics of 1000 tools (one call is all of them)',
    file: import.meta.url,
    rounds: 5,
    unit: 'ms',
    difference: false,
  },
  {
    batch: 1,
    samples: 12,
    baseline: [
      'prom-client Summary with 3 percentiles, get()',
      () => {
        const summary = new prom.Summary({
          name: 's',
          help: 'x',
          labelNames: ['tool'],
          percentiles: [0.5, 0.95, 0.99],
          registers: [],
        });
        for (let i = 0; i < 100 * TOOLS.length; i++) {
          summary.observe(
            { tool: TOOLS[i % TOOLS.length] ?? '' },
            (DURATIONS_MS[(i * 31) % DURATIONS_MS.length] ?? 0) / 1000,
          );
        }
        return async () => {
          await summary.get();
        };
      },
    ],
    candidates: {
      '@mcp/metrics, stats(tool) of each': () => {
        const { metrics } = filled(ours());
        return () => {
          for (const tool of TOOLS) metrics.stats(tool);
        };
      },
      '@mcp/metrics, snapshot()': () => {
        const { metrics } = filled(ours());
        return () => {
          metrics.snapshot();
        };
      },
    },
  },
);
