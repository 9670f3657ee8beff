import { fieldsOf, group, optional, standardSections, text, type Field } from '@mcp/config';

import { isHttpUrl } from '../fields/addresses.ts';
import type { MetricsConfig } from '../shape/server-config.ts';

export const metricsSection: Field<MetricsConfig> = group<MetricsConfig>(
  {
    ...fieldsOf(standardSections.metrics),
    grafanaUrl: optional(
      text({
        doc: 'The address of the Grafana dashboard of this server; the dashboard page links to it for longer ranges.',
        maxLength: 2048,
        expected: 'a full http or https URL without user and password',
        accepts: isHttpUrl,
      }),
    ),
  },
  { doc: 'Measurements, Prometheus and Grafana.' },
);
