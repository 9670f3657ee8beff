import type { Sample } from './sample.ts';

export const TEXT_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
export const OPENMETRICS_CONTENT_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** About how many lines a piece of text has; the exposition can yield between two pieces. */
export const LINES_PER_PIECE = 128;

/** The result of a metric's `get()`, in prom-client and in @prometheus-io/client. */
export interface CollectedMetric {
  name: string;
  help: string;
  type: string;
  values: readonly Sample[];
}

/** Escapes a label value: backslash, double quote and line feed. */
export function escapeLabel(value: string): string {
  return /[\\"\n]/.test(value) ? value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n') : value;
}

/** The HELP and TYPE lines of a family. OpenMetrics names a counter's family without `_total`. */
export function header(name: string, help: string, type: string, openMetrics: boolean): string {
  const family = openMetrics && type === 'counter' ? withoutTotal(name) : name;
  const escaped = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return `# HELP ${family} ${openMetrics ? escaped.replaceAll('"', '\\"') : escaped}\n# TYPE ${family} ${type}\n`;
}

function formatValue(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

/** The part of an OpenMetrics line after the value. */
export function formatExemplar(exemplar: NonNullable<Sample['exemplar']>): string {
  const labels = Object.entries(exemplar.labelSet).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return ` # {${labels.join(',')}} ${formatValue(exemplar.value)} ${exemplar.timestamp}`;
}

/**
 * The lines of a metric, in pieces.
 * @param totalSuffix whether the names of counters must end in `_total`, as always in OpenMetrics
 */
export function* sampleLines(
  metric: CollectedMetric,
  defaultLabels: ReadonlyMap<string, string>,
  openMetrics: boolean,
  totalSuffix: boolean,
): Generator<string> {
  const plainName = totalSuffix && metric.type === 'counter' ? `${withoutTotal(metric.name)}_total` : metric.name;
  let lines: string[] = [];
  for (const sample of metric.values) {
    const labels = Object.entries(sample.labels ?? {}).map(
      ([name, value]) => `${name}="${escapeLabel(String(value))}"`,
    );
    for (const [name, rendered] of defaultLabels) if (!Object.hasOwn(sample.labels ?? {}, name)) labels.push(rendered);
    const block = labels.length === 0 ? '' : `{${labels.join(',')}}`;
    const exemplar = openMetrics && sample.exemplar ? formatExemplar(sample.exemplar) : '';
    lines.push(`${sample.metricName ?? plainName}${block} ${formatValue(sample.value)}${exemplar}\n`);
    if (lines.length >= LINES_PER_PIECE) {
      yield lines.join('');
      lines = [];
    }
  }
  yield lines.join('');
}

function withoutTotal(name: string): string {
  return name.replace(/_total$/, '');
}
