import { byId, setAttribute, setText } from '../../dom/dom.ts';
import { canBeKey } from '../../api/stored-key.ts';

/** The form that asks for the key. It is never submitted: the key must not become part of an address. */
export class KeyForm {
  readonly #input = byId('key', HTMLInputElement);
  readonly #error = byId('key-error', HTMLElement);

  /** @param onKey resolves to why the key is not accepted, or to '' */
  constructor(onKey: (key: string) => Promise<string>) {
    byId('key-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit(onKey);
    });
  }

  show(keyError: string): void {
    setText(this.#error, keyError);
    setAttribute(this.#input, 'aria-invalid', String(keyError !== ''));
    this.#input.focus();
  }

  async #submit(onKey: (key: string) => Promise<string>): Promise<void> {
    const key = this.#input.value.trim();
    if (!canBeKey(key)) return this.show('A key consists of ASCII letters, digits and punctuation, without spaces.');
    const keyError = await onKey(key);
    if (keyError !== '') return this.show(keyError);
    this.#input.value = '';
    setText(this.#error, '');
  }
}
