import { element, setAttribute, setPill, setText } from '../../dom/dom.ts';
import type { RowView } from '../../dom/virtual-rows.ts';
import { Sparkline } from '../../plots/sparkline.ts';
import type { Points } from '../../state/series-points.ts';
import { errorCount, errorShare, type ListedTool } from '../../state/tool-list.ts';
import { duration, percent, rate } from '../../text/format.ts';
import { toolBreakerLabel } from './breaker-text.ts';
import { missingReason, ToolSwitch, type OnSwitch } from './tool-switch.ts';

export interface ToolRowHandlers {
  readonly onSelect: (tool: string) => void;
  readonly onSwitch: OnSwitch;
  readonly onBreaker: (tool: string) => void;
}

/** What a row shows besides its tool. Called at each drawing. */
export interface RowContext {
  readonly selected: string | undefined;
  /** On the monotonic clock. */
  readonly now: number;
  readonly pointsOf: (tool: string) => Points;
  /** Of a sparkline, in CSS pixels; 0 where the column is hidden. */
  readonly sparkWidth: number;
}

/** One tool. */
export class ToolRow implements RowView<ListedTool> {
  readonly element: HTMLTableRowElement;
  readonly #context: () => RowContext;
  readonly #name: HTMLButtonElement;
  readonly #about = element('span', { class: 'muted about' });
  readonly #switch: ToolSwitch;
  readonly #breaker: HTMLButtonElement;
  readonly #sparkline = new Sparkline(element('canvas', { class: 'spark', 'aria-hidden': 'true' }));
  readonly #rate = cell('rate', 'Rate');
  readonly #errors = cell('errors', 'Errors');
  readonly #percentiles = (['p50', 'p95', 'p99'] as const).map((name) => cell(name, name));
  readonly #running = cell('running', 'Running');

  constructor(tool: string, { onSelect, onSwitch, onBreaker }: ToolRowHandlers, context: () => RowContext) {
    this.#context = context;
    this.#name = element('button', { type: 'button', class: 'name', 'aria-pressed': 'false' }, tool);
    this.#switch = new ToolSwitch(onSwitch);
    this.#breaker = element('button', { type: 'button', class: 'pill action', 'aria-haspopup': 'dialog' });
    this.#name.addEventListener('click', () => onSelect(tool));
    this.#breaker.addEventListener('click', () => onBreaker(tool));
    this.element = element(
      'tr',
      { role: 'row' },
      element('th', { role: 'rowheader', scope: 'row' }, this.#name, this.#about),
      cell('enabled', 'Switch', ...this.#switch.elements),
      cell('breaker', 'Breaker', this.#breaker),
      cell('spark', 'Calls and errors', this.#sparkline.canvas),
      this.#rate,
      this.#errors,
      ...this.#percentiles,
      this.#running,
    );
  }

  update({ tool, minute, fiveMinutes }: ListedTool): void {
    const { selected, now, pointsOf, sparkWidth } = this.#context();
    const { name, title, description, running, queued, statistics } = tool;
    setAttribute(this.element, 'data-selected', String(selected === name));
    setAttribute(this.#name, 'aria-pressed', String(selected === name));
    const missing = missingReason(tool);
    setText(this.#about, missing || (title ?? description));
    setAttribute(this.#about, 'title', missing || description);
    setAttribute(this.#about, 'data-tone', missing === '' ? '' : 'warn');
    this.#switch.update(tool);
    const label = toolBreakerLabel(tool, now);
    setPill(this.#breaker, label.tone, label.text);
    setAttribute(this.#breaker, 'aria-label', `Breaker of ${name}: ${label.text}`);
    setText(this.#rate, minute.calls === 0 ? '0' : rate(minute.calls / 60));
    setText(this.#errors, percent(errorShare(fiveMinutes)));
    setAttribute(this.#errors, 'data-tone', errorCount(fiveMinutes) > 0 ? 'bad' : '');
    const { p50Ms = null, p95Ms = null, p99Ms = null } = statistics?.window ?? {};
    for (const [i, ms] of [p50Ms, p95Ms, p99Ms].entries()) setText(this.#percentiles[i] ?? this.#rate, duration(ms));
    setText(this.#running, queued === 0 ? String(running) : `${running} + ${queued} queued`);
    if (sparkWidth > 0) this.#sparkline.draw(pointsOf(name), sparkWidth);
  }

  restyle(): void {
    this.#sparkline.restyle();
  }
}

/** The label is shown before the value where the screen is too narrow for columns. */
function cell(column: string, label: string, ...content: HTMLElement[]): HTMLTableCellElement {
  const number = content.length === 0 ? ' number' : '';
  return element('td', { role: 'cell', 'data-label': label, class: `col-${column}${number}` }, ...content);
}
