/**
 * Text of tools, callers and targets is untrusted. It is only ever shown as text; here hidden characters become visible
 * as `\u202e`.
 */
import { HIDDEN } from './hidden-characters.ts';

const MAX_LENGTH = 2000;
const MAX_LINES_LENGTH = 20_000;

export function plainText(text: string): string {
  const shown = text.replaceAll(HIDDEN, (character) =>
    '\n\t'.includes(character) ? ' ' : escapedCharacter(character),
  );
  return shown.length > MAX_LENGTH ? `${shown.slice(0, MAX_LENGTH)}…` : shown;
}

/** The same for text of several lines; line breaks stay. */
export function plainLines(text: string): string {
  const shown = text.split('\n').map(plainText).join('\n');
  return shown.length > MAX_LINES_LENGTH ? `${shown.slice(0, MAX_LINES_LENGTH)}…` : shown;
}

/** As JSON escapes it, with two escapes for a character beyond U+FFFF. */
function escapedCharacter(character: string): string {
  return Array.from(character.split(''), (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
}
