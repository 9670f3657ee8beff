import type { CallCounts } from './call-series.ts';
import { leadingBreaker, type ToolView } from './tool-view.ts';

export const TOOL_FILTERS = ['all', 'problems', 'breakers', 'errors', 'unavailable', 'disabled'] as const;
export type ToolFilter = (typeof TOOL_FILTERS)[number];

export const SORT_KEYS = [
  'problems',
  'name',
  'enabled',
  'breaker',
  'rate',
  'errors',
  'p50',
  'p95',
  'p99',
  'running',
] as const;
export type SortKey = (typeof SORT_KEYS)[number];

/** A tool together with its recent calls. */
export interface ListedTool {
  readonly tool: ToolView;
  /** Over the last minute. */
  readonly minute: CallCounts;
  /** Over the last five minutes. */
  readonly fiveMinutes: CallCounts;
}

export interface ListOptions {
  readonly text: string;
  readonly show: ToolFilter;
  readonly sort: SortKey;
  readonly reversed: boolean;
}

/** The tools that match, in order. Equal ones stay in the order of the server. */
export function listTools(tools: readonly ListedTool[], { text, show, sort, reversed }: ListOptions): ListedTool[] {
  const wanted = text.trim().toLowerCase();
  const listed = tools.filter((each) => filters[show](each) && textOf(each.tool).includes(wanted));
  if (sort === 'name') listed.sort((a, b) => (a.tool.name < b.tool.name ? -1 : 1));
  else listed.sort((a, b) => compareNumbers(orders[sort](a), orders[sort](b)));
  return reversed ? listed.toReversed() : listed;
}

export function errorCount({ failed, rejected }: CallCounts): number {
  return failed + rejected;
}

/** @returns 0 to 1; null without calls */
export function errorShare(counts: CallCounts): number | null {
  return counts.calls === 0 ? null : errorCount(counts) / counts.calls;
}

function textOf({ name, title = '', description }: ToolView): string {
  return `${name} ${title} ${description}`.toLowerCase();
}

const filters: Readonly<Record<ToolFilter, (listed: ListedTool) => boolean>> = {
  all: () => true,
  problems: (listed) => severity(listed) > 0,
  breakers: ({ tool }) => breakerSeverity(tool) > 0,
  errors: ({ fiveMinutes }) => errorCount(fiveMinutes) > 0,
  unavailable: ({ tool }) => !tool.available.ok,
  disabled: ({ tool }) => !tool.enabled,
};

/** Numbers in descending order; what has none comes last. */
const orders: Readonly<Record<Exclude<SortKey, 'name'>, (listed: ListedTool) => readonly (number | null)[]>> = {
  problems: (listed) => [severity(listed), errorCount(listed.fiveMinutes)],
  enabled: ({ tool }) => [tool.enabled ? 0 : 1],
  breaker: ({ tool }) => [breakerSeverity(tool)],
  rate: ({ minute }) => [minute.calls],
  errors: ({ fiveMinutes }) => [errorShare(fiveMinutes), errorCount(fiveMinutes)],
  p50: ({ tool }) => [tool.statistics?.window.p50Ms ?? null],
  p95: ({ tool }) => [tool.statistics?.window.p95Ms ?? null],
  p99: ({ tool }) => [tool.statistics?.window.p99Ms ?? null],
  running: ({ tool }) => [tool.running + tool.queued],
};

/** 0 for a tool without a problem; the higher, the more urgent. Below 0 for one that is off because somebody wanted that. */
function severity({ tool, fiveMinutes }: ListedTool): number {
  if (breakerSeverity(tool) > 1) return breakerSeverity(tool) + 2;
  if (tool.enabled && !tool.available.ok) return 3;
  if (breakerSeverity(tool) === 1) return 2;
  if (errorCount(fiveMinutes) > 0) return 1;
  return tool.enabled ? 0 : -1;
}

/** 3 open, 2 half-open, 1 forced closed, 0 closed. */
function breakerSeverity(tool: ToolView): number {
  const breaker = leadingBreaker(tool);
  if (breaker?.state === 'open') return 3;
  if (breaker?.state === 'half_open') return 2;
  return tool.breakers.some(({ forced }) => forced !== null) ? 1 : 0;
}

function compareNumbers(a: readonly (number | null)[], b: readonly (number | null)[]): number {
  for (const [i, left] of a.entries()) {
    const difference = (b[i] ?? -Infinity) - (left ?? -Infinity);
    if (difference !== 0 && !Number.isNaN(difference)) return difference;
  }
  return 0;
}
