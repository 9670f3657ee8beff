import type { UpstreamChangeAnswer, UpstreamDetailsAnswer } from '../../api/answers.ts';
import type { UpstreamAction } from '../../api/api-client.ts';
import { byId, element, setAttribute, setText } from '../../dom/dom.ts';
import { changedTexts, upstreamState, type ChangedText } from '../../state/upstream-list.ts';
import { definitionList } from '../elements/definition-list.ts';
import type { ActionResult } from '../elements/message.ts';

export interface LoadedUpstream {
  readonly details: UpstreamDetailsAnswer;
  /** Empty for a key that may not approve. */
  readonly changes: readonly UpstreamChangeAnswer[];
  readonly mayOperate: boolean;
}

export interface UpstreamHandlers {
  readonly load: (key: string) => Promise<LoadedUpstream | undefined>;
  readonly approve: (key: string, change: UpstreamChangeAnswer) => Promise<ActionResult>;
  readonly operate: (key: string, action: UpstreamAction) => Promise<ActionResult>;
}

const LABELS: Readonly<Record<UpstreamAction, string>> = {
  enable: 'Enable',
  disable: 'Disable',
  restart: 'Restart',
};

/** One upstream: its state, what of it is withheld and why, and what waits for approval with its texts before and after. */
export class UpstreamDialog {
  readonly #dialog = byId('upstream', HTMLDialogElement);
  readonly #details = byId('upstream-details', HTMLElement);
  readonly #actions = byId('upstream-actions', HTMLElement);
  readonly #changes = byId('upstream-changes', HTMLElement);
  readonly #message = byId('upstream-message', HTMLElement);
  readonly #handlers: UpstreamHandlers;
  #key = '';

  constructor(handlers: UpstreamHandlers) {
    this.#handlers = handlers;
    byId('upstream-close', HTMLButtonElement).addEventListener('click', () => this.close());
  }

  async show(key: string): Promise<void> {
    this.#key = key;
    setText(byId('upstream-heading', HTMLElement), `Upstream ${key}`);
    setText(this.#message, '');
    this.#clear();
    this.#dialog.showModal();
    await this.#refresh(key);
  }

  close(): void {
    this.#dialog.close();
    this.#key = '';
    this.#clear();
  }

  #clear(): void {
    this.#details.replaceChildren();
    this.#actions.replaceChildren();
    this.#changes.replaceChildren();
  }

  async #refresh(key: string): Promise<void> {
    const loaded = await this.#handlers.load(key);
    // Another one may be open by now.
    if (this.#key !== key) return;
    if (loaded === undefined)
      return this.#show({ tone: 'bad', text: 'The server does not respond, or the upstream is gone.' });
    this.#details.replaceChildren(...detailsOf(loaded.details));
    this.#actions.replaceChildren(...(loaded.mayOperate ? this.#buttons(key, loaded.details) : []));
    this.#changes.replaceChildren(...loaded.changes.map((change) => this.#change(key, change)));
  }

  #change(key: string, waiting: UpstreamChangeAnswer): HTMLElement {
    const { kind, name, change, before, after } = waiting;
    const approve = element('button', { type: 'button', 'aria-label': `Approve ${name}` }, 'Approve');
    this.#onClick(key, approve, () => this.#handlers.approve(key, waiting));
    const head = element(
      'div',
      { class: 'section-head' },
      element('h3', {}, `${kind === 'prompt' ? 'The prompt ' : ''}${name} is ${change}`),
      approve,
    );
    return element('section', {}, head, ...changedTexts(before, after).flatMap(textsOf));
  }

  #buttons(key: string, { enabled }: UpstreamDetailsAnswer): HTMLElement[] {
    const actions: readonly UpstreamAction[] = enabled ? ['restart', 'disable'] : ['enable'];
    return actions.map((action) => {
      const button = element('button', { type: 'button' }, LABELS[action]);
      this.#onClick(key, button, () => this.#handlers.operate(key, action));
      return button;
    });
  }

  #onClick(key: string, button: HTMLButtonElement, act: () => Promise<ActionResult>): void {
    button.addEventListener('click', () => {
      button.disabled = true;
      void act().then(async (result) => {
        this.#show(result);
        await this.#refresh(key);
      });
    });
  }

  #show({ tone, text }: ActionResult): void {
    setAttribute(this.#message, 'data-tone', tone);
    setText(this.#message, text);
  }
}

function detailsOf(details: UpstreamDetailsAnswer): HTMLElement[] {
  const { kind, address, protocol, connections, running, pending, withheld } = details;
  const list = definitionList([
    ['State', upstreamState(details)],
    ['Problem', details.problem ?? details.trustProblem ?? details.listProblem],
    ['Address', `${kind}: ${address}`],
    ['Protocol', protocol?.version],
    ['Connections', String(connections)],
    ['Running calls', String(running)],
    ['Waiting for approval', pending.map(({ name }) => name).join(', ')],
  ]);
  if (withheld.length === 0) return [list];
  const items = withheld.map(({ name, reason }) => element('li', {}, `${name}: ${reason}`));
  return [list, element('h3', {}, 'Withheld'), element('ul', { class: 'lines' }, ...items)];
}

function textsOf({ part, before, after }: ChangedText): HTMLElement[] {
  const shown = (when: string, text: string | undefined): HTMLElement[] =>
    text === undefined
      ? []
      : [
          element('p', { class: 'muted' }, `${part}, ${when}`),
          element('pre', { class: 'output', tabindex: '0' }, text),
        ];
  return [...shown('as it was approved', before), ...shown('as it is now', after)];
}
