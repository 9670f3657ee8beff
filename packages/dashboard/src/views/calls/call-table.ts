import type { FinishedCall } from '../../api/answers.ts';
import { byId, element } from '../../dom/dom.ts';
import { VirtualRows, type RowView } from '../../dom/virtual-rows.ts';
import { outcomeKind, outcomeTones } from '../../state/outcome.ts';
import type { ViewOptions } from '../../state/view-options.ts';
import { bytes, clockTime, duration } from '../../text/format.ts';
import { cell } from '../elements/table-cell.ts';

export interface CallTableHandlers {
  readonly onOpen: (call: FinishedCall) => void;
  readonly onOptions: (options: Partial<ViewOptions>) => void;
}

/** The last calls, newest first; of the selected tool when there is one. */
export class CallTable {
  readonly #empty = byId('no-calls', HTMLElement);
  readonly #errorsOnly = byId('errors-only', HTMLInputElement);
  readonly #rows: VirtualRows<FinishedCall, FinishedCall>;

  constructor({ onOpen, onOptions }: CallTableHandlers) {
    this.#errorsOnly.addEventListener('change', () => onOptions({ errorsOnly: this.#errorsOnly.checked }));
    this.#rows = new VirtualRows<FinishedCall, FinishedCall>({
      scroller: byId('call-scroll', HTMLElement),
      body: byId('call-rows', HTMLTableSectionElement),
      keyOf: (call) => call,
      create: (call) => callRow(call, onOpen),
    });
  }

  update(calls: readonly FinishedCall[], { tool, errorsOnly }: ViewOptions): void {
    this.#errorsOnly.checked = errorsOnly;
    const shown = calls.filter(
      (call) =>
        (tool === undefined || call.tool === tool) &&
        (!errorsOnly || ['failed', 'rejected'].includes(outcomeKind(call.outcome))),
    );
    this.#rows.update(shown, { keepPosition: true });
    this.#empty.hidden = shown.length > 0;
  }
}

/** Calls never change, so neither do their rows. */
function callRow(call: FinishedCall, onOpen: (call: FinishedCall) => void): RowView<FinishedCall> {
  const { at, tool, outcome, durationMs, queueMs, outputBytes, caller, correlationId } = call;
  const ran = outcomeKind(outcome) !== 'rejected';
  const open = element(
    'button',
    {
      type: 'button',
      class: 'link',
      'aria-haspopup': 'dialog',
      'aria-label': `${clockTime(at)}: details of the call of ${tool}`,
    },
    element('time', { datetime: new Date(at).toISOString() }, clockTime(at)),
  );
  open.addEventListener('click', () => onOpen(call));
  const row = element(
    'tr',
    { role: 'row' },
    cell('ended', 'Ended', open),
    cell('tool', 'Tool', tool),
    cell(
      'outcome',
      'Outcome',
      element('span', { class: 'pill', 'data-tone': outcomeTones[outcomeKind(outcome)] }, outcome),
    ),
    cell('took number', 'Took', ran ? duration(durationMs) : '–'),
    cell('waited number', 'Waited', queueMs >= 1 ? duration(queueMs) : '–'),
    cell('output number', 'Output', outputBytes > 0 ? bytes(outputBytes) : '–'),
    cell('caller', 'Caller', caller),
    cell('correlation', 'Correlation id', element('code', {}, correlationId)),
  );
  return { element: row, update: () => undefined };
}
