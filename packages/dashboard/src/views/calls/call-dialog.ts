import type { ExecutionAnswer, FinishedCall } from '../../api/answers.ts';
import { byId, setText } from '../../dom/dom.ts';
import { callDetails } from './call-details.ts';

/** One call with what the audit log has of it: the message, the exit code, the arguments. */
export class CallDialog {
  readonly #dialog = byId('call', HTMLDialogElement);
  readonly #details = byId('call-details', HTMLElement);
  readonly #note = byId('call-note', HTMLElement);
  readonly #load: (call: FinishedCall) => Promise<ExecutionAnswer | undefined>;
  #shown: FinishedCall | undefined;

  /** @param load resolves to the entry of the audit log, or to undefined when there is none or it cannot be read */
  constructor(load: (call: FinishedCall) => Promise<ExecutionAnswer | undefined>) {
    this.#load = load;
    byId('call-close', HTMLButtonElement).addEventListener('click', () => this.close());
    this.#dialog.addEventListener('close', () => (this.#shown = undefined));
  }

  async show(call: FinishedCall): Promise<void> {
    this.#shown = call;
    this.#details.replaceChildren(callDetails(call, undefined));
    setText(this.#note, 'Loading the entry of the audit log…');
    this.#dialog.showModal();
    const entry = await this.#load(call);
    if (this.#shown !== call) return;
    this.#details.replaceChildren(callDetails(call, entry));
    setText(this.#note, noteOn(entry));
  }

  close(): void {
    this.#dialog.close();
  }
}

function noteOn(entry: ExecutionAnswer | undefined): string {
  if (entry === undefined) return 'The audit log has no entry of this call, or cannot be read.';
  if (entry.argumentText !== undefined) return '';
  return 'The audit log records the kind and size of arguments. It records values with database.recordArguments.';
}
