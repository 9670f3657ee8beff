/** What a message may show of a key or value from the outside: no secret, no control characters, not too long. */
import { visibleText } from '../describe/visible-text.ts';
import { REDACTED } from '../fields/secret.ts';

const MAX_SHOWN_LENGTH = 48;

/**
 * The name in a key that holds more than a name. Where the space after the colon or a quote is missing, the value is part of
 * the key: `apiKey:VALUE`.
 */
export function nameIn(key: string): string {
  return /^["'`\s]*([^:="'`\s]*)/.exec(key)?.[1] ?? '';
}

/** A text without the user and password of URLs in it. */
export function withoutUserinfo(text: string): string {
  return text.replaceAll(/\/\/\S*@/g, `//${REDACTED}@`);
}

/** An invalid value as the message shows it: quoted, escaped, and not too long. */
export function shownValue(value: unknown): string {
  if (typeof value !== 'string') return String(value);
  const shown = withoutUserinfo(value);
  const clipped = shown.length > MAX_SHOWN_LENGTH ? `${shown.slice(0, MAX_SHOWN_LENGTH)}…` : shown;
  return `'${visibleText(clipped)}'`;
}
