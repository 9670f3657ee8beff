import type { CallHistory } from '../../state/call-history.ts';
import type { DashboardState } from '../../state/dashboard-state.ts';
import { leadingBreaker, type ToolView } from '../../state/tool-view.ts';
import { byId, setAttribute, setText } from '../../dom/dom.ts';
import { errorCount, errorShare } from '../../state/tool-list.ts';
import { duration, percent, rate, wait } from '../../text/format.ts';

const MINUTE_MS = 60_000;

/** The key figures over all tools. */
export function updateFigures(
  { tools = [] }: DashboardState,
  history: CallHistory,
  serverNow: number,
  now: number,
): void {
  const series = history.series(undefined);
  const minute = series.counts(serverNow, MINUTE_MS);
  const fiveMinutes = series.counts(serverNow, 5 * MINUTE_MS);
  const errors = errorCount(fiveMinutes);
  show('figure-rate', rate(minute.calls / 60));
  show('figure-errors', percent(errorShare(fiveMinutes)), errors > 0 ? 'bad' : '');
  show(
    'figure-errors-note',
    errors === 0 ? 'last 5 minutes' : `${fiveMinutes.failed} failed, ${fiveMinutes.rejected} rejected in 5 min`,
  );
  show('figure-latency', duration(series.latency(serverNow, MINUTE_MS).quantiles([0.95])[0]));
  const queued = sum(tools, ({ queued }) => queued);
  show('figure-running', String(sum(tools, ({ running }) => running)));
  show('figure-queued', queued === 0 ? 'none queued' : `${queued} queued`);
  showBreakers(tools, now);
  const on = tools.filter(({ enabled }) => enabled).length;
  const missing = tools.filter(({ available }) => !available.ok).length;
  show('figure-tools', `${on} of ${tools.length}`);
  show('figure-tools-note', missing === 0 ? 'all available' : `${missing} not available`);
}

function showBreakers(tools: readonly ToolView[], now: number): void {
  const notClosed = tools.filter(({ breakers }) => breakers.some(({ state }) => state !== 'closed'));
  const waits = notClosed.map((tool) => leadingBreaker(tool)?.retryAtMs ?? 0).filter((at) => at > now);
  const forced = tools.some(({ breakers }) => breakers.some((breaker) => breaker.forced !== null));
  show(
    'figure-breakers',
    notClosed.length === 0 ? 'all closed' : `${notClosed.length} not closed`,
    notClosed.length > 0 ? 'bad' : '',
  );
  if (waits.length > 0) show('figure-breakers-note', `next retry in ${wait(Math.min(...waits) - now)}`);
  else show('figure-breakers-note', forced ? 'some are forced' : 'none is forced');
}

function show(id: string, text: string, tone = ''): void {
  const place = byId(id, HTMLElement);
  setText(place, text);
  setAttribute(place, 'data-tone', tone);
}

function sum(tools: readonly ToolView[], of: (tool: ToolView) => number): number {
  return tools.reduce((total, tool) => total + of(tool), 0);
}
