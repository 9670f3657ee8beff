import type { WindowStatistics } from './latency-window.ts';
import { CANCELLED, FAILURE, REJECTED, TIMEOUT } from './call-outcome.ts';
import { NO_ERROR } from './error-types.ts';
import type { ToolRecord } from './tool-record.ts';

/** Statistics of one tool as plain JSON: every key is present, every number is finite, null means that there is no sample. */
export interface ToolStatistics {
  tool: string;
  /** Finished calls since the record was created: the sum of the five numbers below. */
  count: number;
  success: number;
  failure: number;
  timeout: number;
  rejected: number;
  cancelled: number;
  /** Running calls. */
  active: number;
  /** Unsuccessful calls by error type, without the types that have not occurred. */
  errors: Record<string, number>;
  outputBytes: number;
  /** When the last execution ended, ISO 8601 in UTC. Rejected calls are no executions. */
  lastExecution: string | null;
  /** All executions since the record was created. */
  lifetime: { executions: number; minMs: number | null; averageMs: number | null; maxMs: number | null };
  /** Time in the queue, of all calls that reported it. */
  queue: { count: number; averageMs: number | null };
  /** The last executions. */
  window: WindowStatistics;
}

/** @param epochOffsetMs what to add to monotonic time to get Unix time */
export function toolStatistics(record: ToolRecord, epochOffsetMs: number): ToolStatistics {
  const failure = statusTotal(record, FAILURE);
  const timeout = statusTotal(record, TIMEOUT);
  const rejected = statusTotal(record, REJECTED);
  const cancelled = statusTotal(record, CANCELLED);
  const ran = record.durationCount > 0;
  const averageMs = record.durationSumMs / record.durationCount;
  return {
    tool: record.tool,
    count: record.succeeded + failure + timeout + rejected + cancelled,
    success: record.succeeded,
    failure,
    timeout,
    rejected,
    cancelled,
    active: record.active,
    errors: errorCounts(record),
    outputBytes: record.outputBytes,
    lastExecution: isoTime(record.lastExecutionMs + epochOffsetMs),
    lifetime: {
      executions: record.durationCount,
      minMs: ran ? record.durationMinMs : null,
      averageMs: ran ? Math.min(record.durationMaxMs, Math.max(record.durationMinMs, averageMs)) : null,
      maxMs: ran ? record.durationMaxMs : null,
    },
    queue: {
      count: record.queueCount,
      averageMs: record.queueCount === 0 ? null : record.queueSumMs / record.queueCount,
    },
    window: record.window.statistics(),
  };
}

/** Unsuccessful calls of one error type, with any status. */
export function errorTotal(record: ToolRecord, errorType: number): number {
  const counters = record.unsuccessful;
  if (counters === undefined) return 0;
  const { errorTypes } = record.layout;
  let total = 0;
  for (let status = FAILURE; status <= CANCELLED; status++) {
    total += counters[errorTypes.outcomeIndex(status, errorType)] ?? 0;
  }
  return total;
}

function statusTotal(record: ToolRecord, status: number): number {
  const counters = record.unsuccessful;
  if (counters === undefined) return 0;
  const { errorTypes } = record.layout;
  let total = 0;
  for (let type = NO_ERROR + 1; type < errorTypes.names.length; type++) {
    total += counters[errorTypes.outcomeIndex(status, type)] ?? 0;
  }
  return total;
}

function errorCounts(record: ToolRecord): Record<string, number> {
  const errors: Record<string, number> = {};
  if (record.unsuccessful === undefined) return errors;
  for (const [type, name] of record.layout.errorTypes.names.entries()) {
    const count = type === NO_ERROR ? 0 : errorTotal(record, type);
    if (count > 0) errors[name] = count;
  }
  return errors;
}

function isoTime(epochMs: number): string | null {
  const date = new Date(epochMs);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
