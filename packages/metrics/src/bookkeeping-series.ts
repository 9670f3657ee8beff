import type { SourcedFamily } from './metric-family.ts';
import type { RejectedValues } from './rejected-values.ts';

interface Totals {
  calls: number;
  tools: number;
  evicted: Record<string, number>;
}

/** The families of `mcp_metrics_*` in which ToolMetrics reports on itself. */
export function bookkeepingFamilies(totals: () => Totals): readonly SourcedFamily[] {
  return [
    [
      {
        name: 'mcp_metrics_calls_total',
        help: 'Finished calls of all tools; unlike the series of single tools it never loses an evicted one.',
        type: 'counter',
        labelNames: [],
        aggregator: 'sum',
      },
      { samples: () => [{ labels: {}, value: totals().calls }] },
    ],
    [
      {
        name: 'mcp_metrics_tools',
        help: 'Tools that have series of their own.',
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

/** `mcp_metrics_rejected_total`; whoever refuses values contributes its counts. */
export function rejectedFamily(rejected: RejectedValues): SourcedFamily {
  return [
    {
      name: 'mcp_metrics_rejected_total',
      help: 'Values refused or folded into a fixed label because they could not be believed, by field.',
      type: 'counter',
      labelNames: ['field'],
      aggregator: 'sum',
    },
    { samples: () => Object.entries(rejected.counts()).map(([field, value]) => ({ labels: { field }, value })) },
  ];
}
