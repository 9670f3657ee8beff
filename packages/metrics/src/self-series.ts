import type { SourcedFamily } from './exposition/metric-family.ts';
import type { RejectedValues } from './rejected-values.ts';

interface Totals {
  calls: number;
  tools: number;
  evicted: Record<string, number>;
}

/** The series `mcp_metrics_*`, with which ToolMetrics reports on itself. */
export function selfFamilies(totals: () => Totals): readonly SourcedFamily[] {
  return [
    [
      {
        name: 'mcp_metrics_calls_total',
        help: 'Finished calls of all tools, including evicted ones.',
        type: 'counter',
        labelNames: [],
        aggregator: 'sum',
      },
      { samples: () => [{ labels: {}, value: totals().calls }] },
    ],
    [
      {
        name: 'mcp_metrics_tools',
        help: 'Tools with their own series.',
        type: 'gauge',
        labelNames: [],
        aggregator: 'sum',
      },
      { samples: () => [{ labels: {}, value: totals().tools }] },
    ],
    [
      {
        name: 'mcp_metrics_tools_evicted_total',
        help: 'Tools whose series were dropped: lru at the limit of tools, idle after a time without calls.',
        type: 'counter',
        labelNames: ['reason'],
        aggregator: 'sum',
      },
      {
        samples: () => Object.entries(totals().evicted).map(([reason, value]) => ({ labels: { reason }, value })),
      },
    ],
  ];
}

/** `mcp_metrics_rejected_total`; several sources add up. */
export function rejectedFamily(rejected: RejectedValues): SourcedFamily {
  return [
    {
      name: 'mcp_metrics_rejected_total',
      help: 'Invalid values that were left out or replaced by a fixed label, by field.',
      type: 'counter',
      labelNames: ['field'],
      aggregator: 'sum',
    },
    { samples: () => Object.entries(rejected.counts()).map(([field, value]) => ({ labels: { field }, value })) },
  ];
}
