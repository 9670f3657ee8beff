import { byId, setAttribute, setText } from '../dom/dom.ts';

/** The result of an action of the operator. */
export interface ActionResult {
  readonly tone: 'good' | 'bad';
  readonly text: string;
}

/** The result of the last action, in one line at the bottom of the page; announced to screen readers. */
export class Message {
  readonly #box = byId('message', HTMLElement);
  readonly #text = byId('message-text', HTMLElement);
  #timer: number | undefined;

  constructor() {
    byId('message-close', HTMLButtonElement).addEventListener('click', () => this.hide());
  }

  /** A success disappears after 8 s; a failure stays until it is dismissed. */
  show({ tone, text }: ActionResult): void {
    clearTimeout(this.#timer);
    setAttribute(this.#box, 'data-tone', tone);
    this.#box.hidden = false;
    setText(this.#text, text);
    if (tone === 'good') this.#timer = setTimeout(() => this.hide(), 8000);
  }

  hide(): void {
    this.#box.hidden = true;
    setText(this.#text, '');
  }
}
