import type { WindowStatistics } from './latency-window.ts';
import {
  CANCELLED,
  ERROR_TYPES,
  type ErrorTypeLabel,
  FAILURE,
  NO_ERROR,
  outcomeIndex,
  REJECTED,
  TIMEOUT,
} from './outcome.ts';
import type { ToolRecord } from './tool-record.ts';

/** Statistics of one tool as plain JSON: every key is always there, every number is finite, null means "no sample yet". */
export interface ToolStatistics {
  tool: string;
  /** Finished calls since the record was made: the sum of the five numbers after it. */
  count: number;
  success: number;
  failure: number;
  timeout: number;
  rejected: number;
  cancelled: number;
  /** Calls running now. */
  active: number;
  /** Unsuccessful calls by error type; types that never happened are absent. */
  errors: Partial<Record<ErrorTypeLabel, number>>;
  outputBytes: number;
  /** ISO 8601, UTC: when the last execution ended. Rejected calls do not count as executions. */
  lastExecution: string | null;
  /** Over all executions since the record was made. */
  lifetime: { executions: number; minMs: number | null; averageMs: number | null; maxMs: number | null };
  /** Time spent waiting, over all calls that reported one. */
  queue: { count: number; averageMs: number | null };
  /** Over the last executions. */
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

/** Unsuccessful calls of one error type, whatever their status. */
export function errorTotal(record: ToolRecord, errorType: number): number {
  const counters = record.unsuccessful;
  if (counters === undefined) return 0;
  let total = 0;
  for (let status = FAILURE; status <= CANCELLED; status++) total += counters[outcomeIndex(status, errorType)] ?? 0;
  return total;
}

function statusTotal(record: ToolRecord, status: number): number {
  const counters = record.unsuccessful;
  if (counters === undefined) return 0;
  let total = 0;
  for (let type = NO_ERROR + 1; type < ERROR_TYPES.length; type++) total += counters[outcomeIndex(status, type)] ?? 0;
  return total;
}

function errorCounts(record: ToolRecord): Partial<Record<ErrorTypeLabel, number>> {
  const errors: Partial<Record<ErrorTypeLabel, number>> = {};
  if (record.unsuccessful === undefined) return errors;
  for (const [type, name] of ERROR_TYPES.entries()) {
    const count = type === NO_ERROR ? 0 : errorTotal(record, type);
    if (count > 0) errors[name] = count;
  }
  return errors;
}

function isoTime(epochMs: number): string | null {
  const date = new Date(epochMs);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
