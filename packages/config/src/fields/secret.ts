import { inspect } from 'node:util';
import { isPlainObject } from './plain-object.ts';

/** What is shown in place of a secret. */
export const REDACTED = '[redacted]';

/** Shorter secrets are not searched for: replacing them would redact ordinary words. */
const MIN_REDACTED_LENGTH = 4;

/**
 * A value that is not shown by accident: `String()`, templates, `JSON.stringify`, `console.log` and
 * `util.inspect` print `[redacted]`. Only {@link Secret.reveal} gives the text.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    Object.freeze(this);
  }

  /** The text itself. Call it where the secret is used, and keep the result out of objects that are logged. */
  reveal(): string {
    return this.#text;
  }

  /** True when both hold the same text. Not constant-time: compare credentials of callers by their hashes. */
  equals(other: Secret): boolean {
    return this.#text === other.#text;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  static {
    // A method with a computed name would need its type written out in the declarations.
    Object.defineProperty(Secret.prototype, inspect.custom, { value: () => REDACTED });
  }
}

/** Every secret inside `value`, at any depth. */
export function secretsIn(value: unknown): readonly Secret[] {
  if (value instanceof Secret) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((item) => [...secretsIn(item)]);
}

/** A copy of plain values in which every secret is the text `[redacted]`. */
export function redacted(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal() === '' ? '' : REDACTED;
  if (Array.isArray(value)) return value.map(redacted);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redacted(item)]));
}

/** `text` with every occurrence of a secret replaced, for texts that other code wrote. */
export function redactSecrets(text: string, secrets: readonly Secret[]): string {
  let clean = text;
  for (const secret of secrets) {
    const plain = secret.reveal();
    if (plain.length >= MIN_REDACTED_LENGTH) clean = clean.replaceAll(plain, REDACTED);
  }
  return clean;
}
