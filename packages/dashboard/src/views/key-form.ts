import { byId, setAttribute, setText } from '../dom/dom.ts';
import { canBeKey } from '../api/stored-key.ts';

/** The form that asks for the key. It is never submitted: the key must not end up in an address. */
export class KeyForm {
  readonly #input = byId('key', HTMLInputElement);
  readonly #refusal = byId('key-refusal', HTMLElement);

  /** @param onKey resolves to why the key is no good, or to '' */
  constructor(onKey: (key: string) => Promise<string>) {
    byId('key-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit(onKey);
    });
  }

  show(refusal: string): void {
    setText(this.#refusal, refusal);
    setAttribute(this.#input, 'aria-invalid', String(refusal !== ''));
    this.#input.focus();
  }

  async #submit(onKey: (key: string) => Promise<string>): Promise<void> {
    const key = this.#input.value.trim();
    if (!canBeKey(key)) return this.show('A key has no spaces and only letters, digits and signs of ASCII.');
    const refusal = await onKey(key);
    if (refusal !== '') return this.show(refusal);
    this.#input.value = '';
    setText(this.#refusal, '');
  }
}
