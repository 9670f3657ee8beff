import { byId, element, setAttribute, setText } from '../../dom/dom.ts';
import { isAdmin, type DashboardState } from '../../state/dashboard-state.ts';
import { spanOf, spans } from '../../state/spans.ts';

export interface PageControlHandlers {
  readonly onSpan: (label: string) => void;
  readonly onPause: () => void;
  readonly onConfiguration: () => void;
  readonly onForgetKey: () => void;
}

/** The controls in the top bar that concern the whole page. */
export class PageControls {
  readonly #span = byId('span', HTMLSelectElement);
  readonly #configuration = byId('configuration-open', HTMLButtonElement);
  readonly #pause = byId('pause', HTMLButtonElement);

  constructor({ onSpan, onPause, onConfiguration, onForgetKey }: PageControlHandlers) {
    for (const { label } of spans) this.#span.append(element('option', { value: label }, label));
    this.#span.addEventListener('change', () => onSpan(this.#span.value));
    this.#pause.addEventListener('click', onPause);
    this.#configuration.addEventListener('click', onConfiguration);
    byId('forget', HTMLButtonElement).addEventListener('click', onForgetKey);
  }

  update(state: DashboardState): void {
    const { options, paused } = state;
    this.#configuration.hidden = !isAdmin(state);
    this.#span.value = spanOf(options.span).label;
    setAttribute(this.#pause, 'aria-pressed', String(paused));
    setText(this.#pause, paused ? 'Resume' : 'Pause');
  }
}
