import type { ConfigurationAnswer, OriginAnswer, RejectedReloadAnswer } from '../../api/answers.ts';
import { byId, element, setAttribute, setText } from '../../dom/dom.ts';
import { clockTime } from '../../text/format.ts';
import type { ActionResult } from '../elements/message.ts';

export interface ConfigurationHandlers {
  readonly load: () => Promise<ConfigurationAnswer | ActionResult>;
  readonly reload: () => Promise<ActionResult>;
}

/** The effective configuration with the origin of each value, the last rejected reload, and a button to reload. */
export class ConfigurationDialog {
  readonly #dialog = byId('configuration', HTMLDialogElement);
  readonly #filter = byId('configuration-filter', HTMLInputElement);
  readonly #rows = byId('configuration-rows', HTMLTableSectionElement);
  readonly #rejected = byId('configuration-rejected', HTMLElement);
  readonly #message = byId('configuration-message', HTMLElement);
  readonly #handlers: ConfigurationHandlers;
  #values: ConfigurationAnswer['values'] = [];

  constructor(handlers: ConfigurationHandlers) {
    this.#handlers = handlers;
    byId('configuration-close', HTMLButtonElement).addEventListener('click', () => this.close());
    byId('configuration-reload', HTMLButtonElement).addEventListener('click', () => void this.#reload());
    this.#filter.addEventListener('input', () => this.#draw());
  }

  /** @param mayReload whether a reload is offered */
  async show(mayReload: boolean): Promise<void> {
    byId('configuration-reload', HTMLButtonElement).hidden = !mayReload;
    setText(this.#message, '');
    this.#dialog.showModal();
    await this.#refresh();
  }

  close(): void {
    this.#dialog.close();
    this.#values = [];
    this.#draw();
  }

  async #reload(): Promise<void> {
    this.#showResult(await this.#handlers.reload());
    await this.#refresh();
  }

  async #refresh(): Promise<void> {
    const loaded = await this.#handlers.load();
    if ('tone' in loaded) return this.#showResult(loaded);
    this.#values = loaded.values;
    this.#draw();
    setText(byId('configuration-version', HTMLElement), `Version ${loaded.version}`);
    this.#rejected.hidden = loaded.rejectedReload === null;
    this.#rejected.replaceChildren(...(loaded.rejectedReload === null ? [] : rejectedReload(loaded.rejectedReload)));
  }

  #draw(): void {
    const wanted = this.#filter.value.trim().toLowerCase();
    const shown = this.#values.filter(({ key, origin }) =>
      `${key} ${originText(origin)}`.toLowerCase().includes(wanted),
    );
    this.#rows.replaceChildren(
      ...shown.map(({ key, value, origin, reload }) =>
        element(
          'tr',
          {},
          element('th', { scope: 'row' }, ...breakable(key)),
          element('td', {}, element('code', {}, JSON.stringify(value) ?? 'not set')),
          element('td', {}, originText(origin)),
          element('td', {}, reload === 'live' ? 'at once' : 'after a restart'),
        ),
      ),
    );
  }

  #showResult({ tone, text }: ActionResult): void {
    setAttribute(this.#message, 'data-tone', tone);
    setText(this.#message, text);
  }
}

function rejectedReload({ at, problems }: RejectedReloadAnswer): HTMLElement[] {
  const items = problems.map(({ path, message, suggestion, origin }) =>
    element('li', {}, `${originText(origin)}: ${path.join('.')}: ${[message, suggestion ?? []].flat().join('; ')}`),
  );
  return [
    element('h3', {}, `The last reload, at ${clockTime(at)}, was rejected; the configuration below stays in use`),
    element('ul', { class: 'lines' }, ...items),
  ];
}

function originText({ source, file, line, variable, flag }: OriginAnswer): string {
  return file === undefined ? (variable ?? flag ?? source) : `${file}:${line ?? 1}`;
}

/** A key that a narrow column breaks after its dots. */
function breakable(key: string): (string | HTMLElement)[] {
  return key.split(/(?<=\.)/).flatMap((part, index) => (index === 0 ? [part] : [element('wbr'), part]));
}
