/** Text with `{parameter}` placeholders. */

export type TemplateText = string | { readonly literal: string };

type Part = { readonly text: string } | { readonly placeholder: string };

const PLACEHOLDER = /\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

export class TextTemplate {
  readonly #parts: readonly Part[];

  /** `{ literal: text }` is fixed text in which braces have no meaning. */
  constructor(given: TemplateText) {
    this.#parts = typeof given === 'string' ? parse(given) : [{ text: given.literal }];
  }

  get placeholders(): readonly string[] {
    return this.#parts.flatMap((part) => ('placeholder' in part ? [part.placeholder] : []));
  }

  /** The name of the placeholder that is the whole text. */
  get only(): string | undefined {
    const [first, ...more] = this.#parts;
    return more.length === 0 && first !== undefined && 'placeholder' in first ? first.placeholder : undefined;
  }

  /** @returns undefined when one of its placeholders has no value */
  fill(
    valueOf: (placeholder: string) => unknown,
    encode: (text: string, placeholder: string) => string,
  ): string | undefined {
    let filled = '';
    for (const part of this.#parts) {
      if ('text' in part) {
        filled += part.text;
        continue;
      }
      const value = valueOf(part.placeholder);
      if (value === undefined) return undefined;
      filled += encode(typeof value === 'string' ? value : JSON.stringify(value), part.placeholder);
    }
    return filled;
  }
}

function parse(text: string): Part[] {
  const parts: Part[] = [];
  let done = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    if (match.index > done) parts.push({ text: text.slice(done, match.index) });
    parts.push({ placeholder: match[1] ?? '' });
    done = match.index + match[0].length;
  }
  if (done < text.length) parts.push({ text: text.slice(done) });
  return parts;
}
