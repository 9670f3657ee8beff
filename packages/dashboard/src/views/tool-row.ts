import type { CallHistory } from '../state/call-history.ts';
import type { Span } from '../state/call-series.ts';
import { leadingBreaker, type ToolView } from '../state/dashboard-state.ts';
import { element, setAttribute, setPill, setText } from '../dom/dom.ts';
import { duration, percent, rate } from '../text/format.ts';
import { Sparkline } from '../plots/sparkline.ts';
import { breakerLabel } from './breaker-text.ts';

export interface ToolRowHandlers {
  readonly onSelect: (tool: string) => void;
  readonly onSwitch: (tool: string, enabled: boolean) => void;
  readonly onBreaker: (tool: string) => void;
}

export interface RowContext {
  readonly history: CallHistory;
  readonly span: Span;
  readonly serverNow: number;
  readonly now: number;
  readonly selected: boolean;
}

const MINUTE = 60_000;

/** One tool. The row stays the same element while the tool exists, so that the focus stays where it is. */
export class ToolRow {
  readonly element: HTMLTableRowElement;
  readonly #name: HTMLButtonElement;
  readonly #about = element('span', { class: 'muted about' });
  readonly #switch: HTMLButtonElement;
  readonly #breaker: HTMLButtonElement;
  readonly #sparkline: Sparkline;
  readonly #rate = cell('Rate', 'number');
  readonly #errors = cell('Errors', 'number');
  readonly #percentiles = ['p50', 'p95', 'p99'].map((label) => cell(label, 'number'));
  readonly #running = cell('Running', 'number');
  #enabled = false;

  constructor(tool: string, { onSelect, onSwitch, onBreaker }: ToolRowHandlers) {
    this.#name = element('button', { type: 'button', class: 'name', 'aria-pressed': 'false' }, tool);
    this.#switch = element('button', { type: 'button', role: 'switch', class: 'switch', 'aria-label': `${tool} on` });
    this.#breaker = element('button', { type: 'button', class: 'pill action', 'aria-haspopup': 'dialog' });
    this.#name.addEventListener('click', () => onSelect(tool));
    this.#switch.addEventListener('click', () => onSwitch(tool, !this.#enabled));
    this.#breaker.addEventListener('click', () => onBreaker(tool));
    const spark = element('div', { class: 'spark', 'aria-hidden': 'true' });
    this.#sparkline = new Sparkline(spark);
    this.element = element(
      'tr',
      { role: 'row' },
      element('th', { role: 'rowheader', scope: 'row' }, this.#name, this.#about),
      wrapped(cell('Switch'), this.#switch),
      wrapped(cell('Breaker'), this.#breaker),
      wrapped(cell('Calls and errors', 'spark-cell'), spark),
      this.#rate,
      this.#errors,
      ...this.#percentiles,
      this.#running,
    );
  }

  update(tool: ToolView, { history, span, serverNow, now, selected }: RowContext): void {
    const { name, title, description, enabled, available, running, queued, statistics } = tool;
    this.#enabled = enabled;
    setAttribute(this.element, 'data-selected', String(selected));
    setAttribute(this.#name, 'aria-pressed', String(selected));
    const missing = available.ok ? '' : `Not available: ${available.reason ?? 'no reason given'}`;
    setText(this.#about, missing || (title ?? description));
    setAttribute(this.#about, 'title', missing || description);
    setAttribute(this.#about, 'data-tone', available.ok ? '' : 'warn');
    setAttribute(this.#switch, 'aria-checked', String(enabled));
    setText(this.#switch, enabled ? 'On' : 'Off');
    const label = breakerLabel(leadingBreaker(tool), now);
    setPill(this.#breaker, label.tone, label.text);
    setAttribute(this.#breaker, 'aria-label', `Breaker of ${name}: ${label.text}`);
    const series = history.series(name);
    const minute = series.totals(serverNow, MINUTE);
    const fiveMinutes = series.totals(serverNow, 5 * MINUTE);
    const errors = fiveMinutes.failed + fiveMinutes.rejected;
    setText(this.#rate, minute.calls === 0 ? '0' : rate(minute.calls / 60));
    setText(this.#errors, percent(fiveMinutes.calls === 0 ? null : errors / fiveMinutes.calls));
    setAttribute(this.#errors, 'data-tone', errors > 0 ? 'bad' : '');
    const { p50Ms = null, p95Ms = null, p99Ms = null } = statistics?.window ?? {};
    for (const [i, ms] of [p50Ms, p95Ms, p99Ms].entries()) setText(this.#percentiles[i] ?? this.#rate, duration(ms));
    setText(this.#running, queued === 0 ? String(running) : `${running} + ${queued} queued`);
    this.#sparkline.draw(series.points(span, serverNow, history.knownSince));
  }

  restyle(): void {
    this.#sparkline.restyle();
  }
}

/** The label stands in front of the figure where the screen is too narrow for columns. */
function cell(label: string, kind = ''): HTMLTableCellElement {
  return element('td', { role: 'cell', 'data-label': label, class: kind });
}

function wrapped(place: HTMLTableCellElement, content: HTMLElement): HTMLTableCellElement {
  place.append(content);
  return place;
}
