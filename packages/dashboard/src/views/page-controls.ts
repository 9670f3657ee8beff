import { byId, element, setAttribute, setText } from '../dom/dom.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import { spanOf, spans } from '../state/spans.ts';

export interface PageControlHandlers {
  readonly onSpan: (label: string) => void;
  readonly onPause: () => void;
  readonly onForgetKey: () => void;
}

/** The controls in the top bar that concern the whole page. */
export class PageControls {
  readonly #span = byId('span', HTMLSelectElement);
  readonly #pause = byId('pause', HTMLButtonElement);

  constructor({ onSpan, onPause, onForgetKey }: PageControlHandlers) {
    for (const { label } of spans) this.#span.append(element('option', { value: label }, label));
    this.#span.addEventListener('change', () => onSpan(this.#span.value));
    this.#pause.addEventListener('click', onPause);
    byId('forget', HTMLButtonElement).addEventListener('click', onForgetKey);
  }

  update({ options, paused }: DashboardState): void {
    this.#span.value = spanOf(options.span).label;
    setAttribute(this.#pause, 'aria-pressed', String(paused));
    setText(this.#pause, paused ? 'Resume' : 'Pause');
  }
}
