import type { CallHistory } from '../../state/call-history.ts';
import type { Span } from '../../state/series-points.ts';
import type { DashboardState } from '../../state/dashboard-state.ts';
import { byId, setAttribute, setText } from '../../dom/dom.ts';
import { duration, rate, wait } from '../../text/format.ts';
import { TimePlot } from '../../plots/time-plot.ts';

const perSecond = (value: number | null): string => rate(value);

/** Rate, errors and latency over time, of one tool or of all. */
export class Plots {
  readonly #rate = new TimePlot({
    title: 'Calls',
    format: perSecond,
    onMove: (index) => this.#moveTo(index),
    series: [{ label: 'calls', colour: '--calls', filled: true }],
  });
  readonly #errors = new TimePlot({
    title: 'Errors',
    format: perSecond,
    onMove: (index) => this.#moveTo(index),
    series: [
      { label: 'failed', colour: '--failed', filled: true },
      { label: 'rejected', colour: '--rejected', dash: [6, 4] },
    ],
  });
  readonly #latency = new TimePlot({
    title: 'Latency',
    format: duration,
    logarithmic: true,
    onMove: (index) => this.#moveTo(index),
    series: [
      { label: 'p50', colour: '--p50' },
      { label: 'p95', colour: '--p95', dash: [6, 4] },
      { label: 'p99', colour: '--p99', dash: [2, 3] },
    ],
  });
  readonly #grafana = byId('grafana', HTMLAnchorElement);
  readonly #showAll = byId('show-all', HTMLButtonElement);

  constructor(onShowAll: () => void) {
    byId('plot-grid', HTMLElement).append(...this.#all.map((plot) => plot.element));
    this.#showAll.addEventListener('click', () => {
      onShowAll();
      byId('tools-heading', HTMLElement).focus();
    });
  }

  update({ options: { tool }, links }: DashboardState, history: CallHistory, span: Span, serverNow: number): void {
    setText(byId('plots-heading', HTMLElement), tool ?? 'All tools');
    this.#grafana.hidden = links.grafana === null;
    if (links.grafana !== null) setAttribute(this.#grafana, 'href', links.grafana);
    this.#showAll.hidden = tool === undefined;
    const note = `Rates over ${wait(span.rateOverMs)}, percentiles over 1 min before each point`;
    setText(byId('plots-note', HTMLElement), note);
    const points = history.series(tool).points(span, serverNow, history.knownSince);
    this.#rate.setData([points.at, points.calls]);
    this.#errors.setData([points.at, points.failed, points.rejected]);
    this.#latency.setData([points.at, points.p50, points.p95, points.p99]);
  }

  /** Scrolls to the plots and moves the focus there: the table may be far below them. */
  reveal(): void {
    const heading = byId('plots-heading', HTMLElement);
    heading.focus({ preventScroll: true });
    heading.closest('section')?.scrollIntoView({ block: 'nearest' });
  }

  restyle(): void {
    for (const plot of this.#all) plot.restyle();
  }

  #moveTo(index: number | undefined): void {
    for (const plot of this.#all) plot.showAt(index);
  }

  get #all(): readonly TimePlot[] {
    return [this.#rate, this.#errors, this.#latency];
  }
}
