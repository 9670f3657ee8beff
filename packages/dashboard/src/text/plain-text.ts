/**
 * Text of tools, callers and targets is untrusted. It is only ever shown as text; here hidden characters become visible
 * as `\u202e`.
 */
import { escapedCharacter, replaceHidden } from './hidden-characters.ts';

const MAX_LENGTH = 2000;
const MAX_LINES_LENGTH = 20_000;

export function plainText(text: string): string {
  const shown = replaceHidden(text, (character) =>
    character === '\n' || character === '\t' ? ' ' : escapedCharacter(character),
  );
  return shown.length > MAX_LENGTH ? `${shown.slice(0, MAX_LENGTH)}…` : shown;
}

/** The same for text of several lines; line breaks stay. */
export function plainLines(text: string): string {
  const shown = text.split('\n').map(plainText).join('\n');
  return shown.length > MAX_LINES_LENGTH ? `${shown.slice(0, MAX_LINES_LENGTH)}…` : shown;
}
