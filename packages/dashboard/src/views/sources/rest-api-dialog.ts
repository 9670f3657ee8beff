import type { RestApiDetailsAnswer } from '../../api/answers.ts';
import { byId, element, setText } from '../../dom/dom.ts';
import { lastFailure, operationLines } from '../../state/rest-api-list.ts';
import { definitionList } from '../elements/definition-list.ts';

type Load = (key: string) => Promise<RestApiDetailsAnswer | undefined>;

/** One REST API: its state, what its requests came to, and what became of each operation of its document. */
export class RestApiDialog {
  readonly #dialog = byId('rest-api', HTMLDialogElement);
  readonly #details = byId('rest-api-details', HTMLElement);
  readonly #note = byId('rest-api-note', HTMLElement);
  readonly #load: Load;
  #shown = 0;

  constructor(load: Load) {
    this.#load = load;
    byId('rest-api-close', HTMLButtonElement).addEventListener('click', () => this.close());
  }

  async show(key: string): Promise<void> {
    const shown = ++this.#shown;
    setText(byId('rest-api-heading', HTMLElement), `API ${key}`);
    setText(this.#note, 'Loading…');
    this.#details.replaceChildren();
    this.#dialog.showModal();
    const details = await this.#load(key);
    // It may be closed, or show another one by now.
    if (this.#shown !== shown) return;
    setText(this.#note, details === undefined ? 'The server does not respond, or the API is gone.' : '');
    if (details !== undefined) this.#details.replaceChildren(...detailsOf(details));
  }

  close(): void {
    this.#shown += 1;
    this.#dialog.close();
    this.#details.replaceChildren();
  }
}

function detailsOf({
  condition,
  baseUrl,
  token,
  requests,
  openBreakers,
  operations,
}: RestApiDetailsAnswer): HTMLElement[] {
  const list = definitionList([
    ['State', condition.status],
    ['Problem', condition.message],
    ['Base URL', baseUrl],
    ['Access token', token?.state],
    ['Requests', String(requests.requests)],
    ['Without an answer', String(requests.failed)],
    ['Server errors', String(requests.serverErrors)],
    ['Last failure', lastFailure(requests)],
    ['Open breakers', openBreakers.join(', ')],
  ]);
  const withheld = operationLines(operations, 'withheld');
  const offered = operationLines(operations, 'offered');
  const others = operationLines(operations, 'not included');
  return [list, ...linesOf('Withheld', withheld), ...linesOf('Offered', offered), ...linesOf('Not included', others)];
}

function linesOf(heading: string, lines: readonly string[]): HTMLElement[] {
  if (lines.length === 0) return [];
  const items = lines.map((line) => element('li', {}, line));
  return [element('h3', {}, `${heading}: ${lines.length}`), element('ul', { class: 'lines' }, ...items)];
}
