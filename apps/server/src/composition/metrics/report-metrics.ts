import type { LabelledMetric } from '../../observability/metrics/server-metric.ts';

/** One number of a report, as a metric. */
export interface ReportMetric<R> extends Pick<LabelledMetric, 'type' | 'name' | 'help' | 'aggregator'> {
  /** Undefined where the report has no such number. */
  readonly of: (report: R) => number | undefined;
}

/**
 * Metrics with a value for each report.
 *
 * @param label what the key of a report is called
 * @param reports read at scrape time
 */
export function reportMetrics<R extends { readonly key: string }>(
  label: LabelledMetric['label'],
  metrics: readonly ReportMetric<R>[],
  reports: () => readonly R[],
): LabelledMetric[] {
  return metrics.map(({ of, ...metric }) => ({
    ...metric,
    label,
    read: () =>
      new Map(
        reports().flatMap((report): [string, number][] => {
          const value = of(report);
          return value === undefined ? [] : [[report.key, value]];
        }),
      ),
  }));
}
