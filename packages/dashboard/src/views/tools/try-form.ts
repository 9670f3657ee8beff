import type { CallResultAnswer, ToolDetailsAnswer } from '../../api/answers.ts';
import { ApiError } from '../../api/api-client.ts';
import { byId, element, setAttribute, setText } from '../../dom/dom.ts';
import { formArguments, formFields, type FormField } from '../../state/schema-form.ts';
import { duration } from '../../text/format.ts';
import { plainLines } from '../../text/plain-text.ts';

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** A form made from the input schema of a tool, to call it. */
export class TryForm {
  readonly #form = byId('try-form', HTMLFormElement);
  readonly #fields = byId('try-fields', HTMLElement);
  readonly #note = byId('try-note', HTMLElement);
  readonly #button = byId('try-call', HTMLButtonElement);
  readonly #status = byId('try-status', HTMLElement);
  readonly #output = byId('try-output', HTMLElement);
  readonly #controls = new Map<string, Control>();
  #tool = '';
  #schema: FormField[] = [];

  constructor(call: (tool: string, values: object) => Promise<CallResultAnswer>) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit(call);
    });
  }

  /** What was entered stays while the tool is the same. */
  show({ name, inputSchema, permissions, enabled, annotations }: ToolDetailsAnswer): void {
    const note = !permissions.call
      ? 'The key in use may not call this tool at this address.'
      : !enabled
        ? 'The tool is disabled.'
        : `The call is made with the key in use, and the audit log records it.${
            annotations.destructiveHint === true ? ' The tool may change or delete things.' : ''
          }`;
    setText(this.#note, note);
    const canCall = permissions.call && enabled;
    this.#fields.hidden = !canCall;
    this.#button.hidden = !canCall;
    if (this.#tool === name) return;
    this.clear();
    this.#tool = name;
    this.#schema = formFields(inputSchema);
    for (const field of this.#schema) {
      const control = controlFor(field);
      this.#controls.set(field.name, control);
      this.#fields.append(...labelled(field, control));
    }
  }

  clear(): void {
    this.#tool = '';
    this.#controls.clear();
    this.#fields.replaceChildren();
    this.#showResult('', '', '');
  }

  async #submit(call: (tool: string, values: object) => Promise<CallResultAnswer>): Promise<void> {
    const tool = this.#tool;
    const texts = new Map([...this.#controls].map(([name, { value }]) => [name, value]));
    this.#button.disabled = true;
    this.#showResult('', 'Running…', '');
    try {
      const { ok, durationMs, content } = await call(tool, formArguments(this.#schema, texts));
      if (this.#tool !== tool) return;
      const output = content.map(({ type, text }) => text ?? `[${type}]`).join('\n');
      this.#showResult(
        ok ? 'good' : 'warn',
        `${ok ? 'Success' : 'Expected failure'} in ${duration(durationMs)}`,
        output,
      );
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof SyntaxError)) throw error;
      if (this.#tool === tool) this.#showResult('bad', error.message, '');
    } finally {
      this.#button.disabled = false;
    }
  }

  #showResult(tone: string, status: string, output: string): void {
    setAttribute(this.#status, 'data-tone', tone);
    setText(this.#status, status);
    this.#output.hidden = output === '';
    this.#output.textContent = plainLines(output);
  }
}

function controlFor({
  name,
  control,
  choices,
  required,
  minimum,
  maximum,
  maxLength,
  placeholder,
}: FormField): Control {
  const attributes = { id: `try-${name}`, 'aria-describedby': `try-${name}-about`, ...(required && { required: '' }) };
  if (choices.length > 0) {
    const options = choices.map((choice) => element('option', { value: choice }, choice));
    return element(
      'select',
      attributes,
      element('option', { value: '' }, required ? 'Choose' : 'Not given'),
      ...options,
    );
  }
  if (control === 'json')
    return element('textarea', { ...attributes, rows: '2', placeholder: 'JSON', spellcheck: 'false' });
  const isNumber = control !== 'text';
  return element('input', {
    ...attributes,
    type: isNumber ? 'number' : 'text',
    autocomplete: 'off',
    spellcheck: 'false',
    placeholder,
    ...(isNumber && { step: control === 'integer' ? '1' : 'any' }),
    ...(minimum !== undefined && { min: String(minimum) }),
    ...(maximum !== undefined && { max: String(maximum) }),
    ...(maxLength !== undefined && { maxlength: String(maxLength) }),
  });
}

function labelled({ name, required, description }: FormField, control: Control): HTMLElement[] {
  const label = element('label', { for: control.id }, required ? `${name} (required)` : name);
  return [label, control, element('p', { class: 'muted', id: `try-${name}-about` }, description)];
}
