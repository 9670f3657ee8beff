/** What a message may show of a key or value from the outside: no secret, no control characters, not too long. */
import { visibleText } from '../describe/visible-text.ts';
import { REDACTED } from '../fields/secret.ts';
import { isSensitiveText } from './sensitive.ts';

const MAX_SHOWN_LENGTH = 48;

/**
 * The name in a key that holds more than a name. Where the space after the colon or a quote is missing, the value is part of
 * the key: `apiKey:VALUE`.
 */
export function nameIn(key: string): string {
  return /^["'`\s]*([^:="'`\s]*)/.exec(key)?.[1] ?? '';
}

/** An invalid value as the message shows it: quoted, escaped, and not too long. */
export function shownValue(value: unknown): string {
  if (typeof value !== 'string') return String(value);
  if (isSensitiveText(value)) return REDACTED;
  const clipped = value.length > MAX_SHOWN_LENGTH ? `${value.slice(0, MAX_SHOWN_LENGTH)}…` : value;
  return `'${visibleText(clipped)}'`;
}
