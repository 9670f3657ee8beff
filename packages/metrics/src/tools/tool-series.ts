import { CALL_STATUSES, CANCELLED, FAILURE } from './call-outcome.ts';
import { type ErrorTypes, NO_ERROR } from './error-types.ts';
import type { FamilyDefinition, FamilySource } from '../exposition/metric-family.ts';
import { escapeLabel, formatExemplar, LINES_PER_PIECE } from '../exposition/prometheus-text.ts';
import type { Exemplar, Sample } from '../exposition/sample.ts';
import type { ToolRecord } from './tool-record.ts';
import { errorTotal } from './tool-statistics.ts';

/** One line that each tool can have in a family. */
interface Point {
  /** `_bucket`, `_sum`, `_count` or nothing. */
  readonly suffix: string;
  /** The labels besides `tool`. */
  readonly labels: Readonly<Record<string, string | number>>;
}

interface ToolFamily {
  readonly definition: FamilyDefinition;
  readonly points: readonly Point[];
  /** Writes the value of each point of the record; NaN leaves the line out. */
  fill(record: ToolRecord, values: Float64Array): void;
  exemplar?(record: ToolRecord, point: number): Exemplar | undefined;
}

/** The families `mcp_tool_*`, read from the records at scrape time. */
export function toolFamilies(
  buckets: readonly number[],
  queueBuckets: readonly number[],
  errorTypes: ErrorTypes,
): readonly ToolFamily[] {
  return [
    executionTotal(errorTypes),
    executionSeconds(buckets),
    active(),
    errorsTotal(errorTypes),
    queueSeconds(queueBuckets),
    outputBytes(),
  ];
}

/** A family of all records, as samples for a registry and as text for the exposition. */
export function toolSource(family: ToolFamily, records: () => readonly ToolRecord[]): FamilySource {
  const { definition, points } = family;
  const values = new Float64Array(points.length);
  return {
    samples() {
      const samples: Sample[] = [];
      for (const record of records()) {
        family.fill(record, values);
        points.forEach(({ suffix, labels }, i) => {
          const value = values[i] ?? Number.NaN;
          if (Number.isNaN(value)) return;
          const sample: Sample = { value, labels: { tool: record.tool, ...labels } };
          if (suffix !== '') sample.metricName = definition.name + suffix;
          const exemplar = family.exemplar?.(record, i);
          samples.push(exemplar === undefined ? sample : { ...sample, exemplar });
        });
      }
      return samples;
    },

    *text(defaultLabels, openMetrics) {
      const heads = points.map(({ suffix }) => `${definition.name}${suffix}{tool="`);
      const tails = points.map(({ labels }) => tail(labels, defaultLabels));
      let lines: string[] = [];
      for (const record of records()) {
        const tool = escapeLabel(record.tool);
        family.fill(record, values);
        for (let i = 0; i < heads.length; i++) {
          const value = values[i] ?? Number.NaN;
          if (Number.isNaN(value)) continue;
          const exemplar = openMetrics ? family.exemplar?.(record, i) : undefined;
          const end = exemplar === undefined ? '\n' : `${formatExemplar(exemplar)}\n`;
          lines.push(heads[i] + tool + tails[i] + value + end);
        }
        // Joining in small pieces: one join at the end would block the event loop for long.
        if (lines.length >= LINES_PER_PIECE) {
          yield lines.join('');
          lines = [];
        }
      }
      yield lines.join('');
    },
  };
}

function tail(labels: Point['labels'], defaultLabels: ReadonlyMap<string, string>): string {
  let text = '"';
  for (const [name, value] of Object.entries(labels)) text += `,${name}="${value}"`;
  for (const [name, rendered] of defaultLabels) {
    if (name !== 'tool' && !Object.hasOwn(labels, name)) text += `,${rendered}`;
  }
  return `${text}} `;
}

function executionTotal(errorTypes: ErrorTypes): ToolFamily {
  const outcomes: { index: number; labels: Point['labels'] }[] = [];
  for (let status = FAILURE; status <= CANCELLED; status++) {
    for (let type = NO_ERROR + 1; type < errorTypes.names.length; type++) {
      const labels = { status: CALL_STATUSES[status] ?? '', error_type: errorTypes.names[type] ?? '' };
      outcomes.push({ index: errorTypes.outcomeIndex(status, type), labels });
    }
  }
  return {
    definition: {
      name: 'mcp_tool_execution_total',
      help: 'Finished calls by status and error type.',
      type: 'counter',
      labelNames: ['tool', 'status', 'error_type'],
      aggregator: 'sum',
    },
    points: [
      { suffix: '', labels: { status: 'success', error_type: 'none' } },
      ...outcomes.map(({ labels }) => ({ suffix: '', labels })),
    ],
    fill(record, values) {
      values.fill(Number.NaN);
      values[0] = record.succeeded;
      const counters = record.unsuccessful;
      if (counters === undefined) return;
      outcomes.forEach(({ index }, i) => {
        values[i + 1] = counters[index] || Number.NaN;
      });
    },
  };
}

function errorsTotal(errorTypes: ErrorTypes): ToolFamily {
  return {
    definition: {
      name: 'mcp_tool_errors_total',
      help: 'Finished calls that did not succeed, by error type.',
      type: 'counter',
      labelNames: ['tool', 'error_type'],
      aggregator: 'sum',
    },
    points: errorTypes.names.slice(1).map((type) => ({ suffix: '', labels: { error_type: type } })),
    fill(record, values) {
      for (let i = 0; i < values.length; i++) values[i] = errorTotal(record, i + 1) || Number.NaN;
    },
  };
}

function executionSeconds(buckets: readonly number[]): ToolFamily {
  return {
    definition: {
      name: 'mcp_tool_execution_seconds',
      help: 'Duration of executions; rejected calls never ran and do not count.',
      type: 'histogram',
      labelNames: ['tool'],
      aggregator: 'sum',
      buckets,
    },
    points: histogramPoints(buckets),
    fill(record, values) {
      fillHistogram(record.buckets, record.durationSumMs, record.durationCount, values);
    },
    exemplar(record, point) {
      const held = record.exemplars?.[point];
      if (held === undefined) return undefined;
      return { labelSet: { trace_id: held.traceId }, value: held.seconds, timestamp: held.epochSeconds };
    },
  };
}

function queueSeconds(buckets: readonly number[]): ToolFamily {
  return {
    definition: {
      name: 'mcp_tool_queue_seconds',
      help: 'Time that calls waited in the queue.',
      type: 'histogram',
      labelNames: ['tool'],
      aggregator: 'sum',
      buckets,
    },
    points: histogramPoints(buckets),
    fill(record, values) {
      fillHistogram(record.queueBuckets, record.queueSumMs, record.queueCount, values);
    },
  };
}

function active(): ToolFamily {
  return {
    definition: {
      name: 'mcp_tool_active',
      help: 'Running calls.',
      type: 'gauge',
      labelNames: ['tool'],
      aggregator: 'sum',
    },
    points: [{ suffix: '', labels: {} }],
    fill(record, values) {
      values[0] = record.active;
    },
  };
}

function outputBytes(): ToolFamily {
  return {
    definition: {
      name: 'mcp_tool_output_bytes_total',
      help: 'Bytes of output.',
      type: 'counter',
      labelNames: ['tool'],
      aggregator: 'sum',
    },
    points: [{ suffix: '', labels: {} }],
    fill(record, values) {
      values[0] = record.outputBytes;
    },
  };
}

function histogramPoints(buckets: readonly number[]): Point[] {
  return [
    ...buckets.map((le) => ({ suffix: '_bucket', labels: { le } })),
    { suffix: '_bucket', labels: { le: '+Inf' } },
    { suffix: '_sum', labels: {} },
    { suffix: '_count', labels: {} },
  ];
}

function fillHistogram(buckets: readonly number[], sumMs: number, count: number, values: Float64Array): void {
  let below = 0;
  for (let i = 0; i < buckets.length; i++) {
    below += buckets[i] ?? 0;
    values[i] = below;
  }
  values[buckets.length] = sumMs / 1000;
  values[buckets.length + 1] = count;
}
