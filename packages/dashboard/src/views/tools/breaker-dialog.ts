import type { BreakerAction } from '../../api/api-client.ts';
import type { DashboardState } from '../../state/dashboard-state.ts';
import type { ToolView } from '../../state/tool-view.ts';
import { byId, element, setAttribute, setText } from '../../dom/dom.ts';
import type { ActionResult } from '../elements/message.ts';
import { breakerLabel, toolBreakerSentence } from './breaker-text.ts';

/** The state and the control of a tool's breakers; a dialog, since one key press here can stop all calls. */
export class BreakerDialog {
  readonly #dialog = byId('breaker', HTMLDialogElement);
  readonly #message = byId('breaker-message', HTMLElement);
  readonly #list = byId('breaker-list', HTMLUListElement);
  readonly #choices = byId('breaker-choices', HTMLElement);
  readonly #note = byId('breaker-note', HTMLElement);
  #tool: string | undefined;
  #shown: ToolView | undefined;

  constructor(control: (tool: ToolView, action: BreakerAction) => Promise<ActionResult>) {
    const actions = { 'breaker-open': 'open', 'breaker-force-closed': 'close', 'breaker-reset': 'reset' } as const;
    for (const [id, action] of Object.entries(actions)) {
      byId(id, HTMLButtonElement).addEventListener('click', () => {
        if (this.#shown === undefined) return;
        // Shown in here: while a modal dialog is open, screen readers announce nothing outside of it.
        void control(this.#shown, action).then(({ tone, text }) => {
          setAttribute(this.#message, 'data-tone', tone);
          setText(this.#message, text);
        });
      });
    }
    byId('breaker-close', HTMLButtonElement).addEventListener('click', () => this.close());
    this.#dialog.addEventListener('close', () => (this.#tool = undefined));
  }

  show(tool: string): void {
    this.#tool = tool;
    setText(this.#message, '');
    setText(byId('breaker-heading', HTMLElement), `Breaker of ${tool}`);
    this.#dialog.showModal();
  }

  close(): void {
    this.#dialog.close();
  }

  update({ tools }: DashboardState, now: number): void {
    if (this.#tool === undefined) return;
    const tool = tools?.find(({ name }) => name === this.#tool);
    if (tool === undefined) return this.close();
    this.#shown = tool;
    this.#choices.hidden = !tool.permissions.control;
    setText(this.#note, noteOn(tool));
    setText(byId('breaker-state', HTMLElement), toolBreakerSentence(tool, now));
    const lines =
      tool.circuitBreaker.scope === 'target'
        ? tool.breakers
            .filter(({ name }) => name !== tool.name)
            .map((breaker) => `${breaker.name}: ${breakerLabel(breaker, now).text}`)
        : [];
    if (this.#list.childElementCount !== lines.length) {
      this.#list.replaceChildren(...lines.map((line) => element('li', {}, line)));
    }
    for (const [i, line] of lines.entries()) setText(this.#list.children[i] ?? this.#list, line);
  }
}

/** What the buttons do, where it is not obvious. */
function noteOn({ permissions, circuitBreaker }: ToolView): string {
  if (!permissions.control)
    return 'Read-only: to control breakers, the key needs the scope admin, on the main address of the server.';
  return circuitBreaker.scope === 'tool'
    ? ''
    : 'The buttons are for every target, also for those that are called later.';
}
