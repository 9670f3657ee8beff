import { byId, setAttribute, setText } from '../dom/dom.ts';

/** What came of something the operator did. */
export interface Said {
  readonly tone: 'good' | 'bad';
  readonly text: string;
}

/** One line at the foot of the page about what the operator just did; read out, and gone when dismissed or replaced. */
export class Message {
  readonly #box = byId('message', HTMLElement);
  readonly #text = byId('message-text', HTMLElement);
  #timer: number | undefined;

  constructor() {
    byId('message-close', HTMLButtonElement).addEventListener('click', () => this.hide());
  }

  /** Good news leaves by itself; a refusal stays until it was read. */
  show({ tone, text }: Said): void {
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
