import { group, optional } from '../fields/composite-fields.ts';
import { duration } from '../fields/duration.ts';
import type { Field } from '../fields/field.ts';
import { boolean } from '../fields/word-fields.ts';
import { integer } from '../fields/number-fields.ts';
import type { MetricsSettings } from './standard-config.ts';

const RELOAD = 'restart';

export const metricsSection: Field<MetricsSettings> = group<MetricsSettings>(
  {
    enabled: boolean({ doc: 'Whether calls are counted and timed.', default: true, reload: RELOAD }),
    prometheusEnabled: boolean({ doc: 'Whether /metrics is served.', default: true, reload: RELOAD }),
    prometheusPort: optional(
      integer({
        doc: 'A port of its own for metrics, health and events; also in stdio mode. Unset: HTTP serves them on server.port.',
        min: 1,
        max: 65_535,
        reload: RELOAD,
      }),
    ),
    collectionInterval: duration({
      doc: 'How often those who follow the metrics are notified.',
      min: 5,
      max: 300,
      default: 15,
      reload: RELOAD,
    }),
  },
  { doc: 'Measurements and Prometheus.' },
);
