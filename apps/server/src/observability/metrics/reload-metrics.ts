import type { ConfigStore } from '@mcp/config';

import type { ServerCounter, ServerGauge } from './server-metric.ts';

/** Of reloads that were rejected: by a server alone, and by the primary for its workers. */
export function reloadMetrics(store: Pick<ConfigStore<unknown>, 'statistics'>): (ServerCounter | ServerGauge)[] {
  return [
    {
      type: 'counter',
      name: 'mcp_config_reloads_rejected_total',
      help: 'Rejected reloads of the configuration.',
      read: () => store.statistics.rejected,
    },
    {
      type: 'gauge',
      aggregator: 'max',
      name: 'mcp_config_problems',
      help: 'Problems of the last reload; 0 when it took effect.',
      read: () => store.statistics.problems,
    },
  ];
}
