import type { FinishedCall } from '../api/answers.ts';
import { byId, element } from '../dom/dom.ts';
import { bytes, clockTime, duration } from '../text/format.ts';
import { outcomeKind, type OutcomeKind } from '../state/outcome.ts';

const SHOWN = 100;
const tones: Readonly<Record<OutcomeKind, string>> = {
  succeeded: 'good',
  failed: 'bad',
  rejected: 'warn',
  cancelled: 'neutral',
};

/** The last calls, newest first; of the selected tool when there is one. */
export class CallTable {
  readonly #body = byId('call-rows', HTMLTableSectionElement);
  readonly #none = byId('no-calls', HTMLElement);
  readonly #errorsOnly = byId('errors-only', HTMLInputElement);
  /** Calls never change, so neither do their rows. */
  readonly #rows = new WeakMap<FinishedCall, HTMLTableRowElement>();

  constructor(onChange: () => void) {
    this.#errorsOnly.addEventListener('change', onChange);
  }

  update(calls: readonly FinishedCall[], selected: string | undefined): void {
    const errorsOnly = this.#errorsOnly.checked;
    const rows = calls
      .filter(({ tool }) => selected === undefined || tool === selected)
      .filter(({ outcome }) => !errorsOnly || ['failed', 'rejected'].includes(outcomeKind(outcome)))
      .slice(0, SHOWN)
      .map((call) => this.#row(call));
    const present = this.#body.children;
    const same = rows.length === present.length && rows.every((row, i) => row === present[i]);
    if (!same) this.#body.replaceChildren(...rows);
    this.#none.hidden = rows.length > 0;
  }

  #row(call: FinishedCall): HTMLTableRowElement {
    const known = this.#rows.get(call);
    if (known) return known;
    const { at, tool, outcome, durationMs, queueMs, outputBytes, caller, correlationId } = call;
    const ran = outcomeKind(outcome) !== 'rejected';
    const row = element(
      'tr',
      { role: 'row' },
      cell('Ended', element('time', { datetime: new Date(at).toISOString() }, clockTime(at))),
      cell('Tool', tool),
      cell('Outcome', element('span', { class: 'pill', 'data-tone': tones[outcomeKind(outcome)] }, outcome)),
      cell('Took', ran ? duration(durationMs) : '–', 'number'),
      cell('Waited', queueMs >= 1 ? duration(queueMs) : '–', 'number'),
      cell('Output', outputBytes > 0 ? bytes(outputBytes) : '–', 'number'),
      cell('Caller', caller),
      cell('Correlation id', element('code', {}, correlationId)),
    );
    this.#rows.set(call, row);
    return row;
  }
}

function cell(label: string, content: Node | string, kind = ''): HTMLTableCellElement {
  return element('td', { role: 'cell', 'data-label': label, class: kind }, content);
}
