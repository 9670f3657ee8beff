/**
 * Text of tools, callers and targets is untrusted. It is only ever shown as text; here the characters that make text look
 * different (control characters, changes of direction, invisible characters) become visible as `\u202e`.
 */
const DECEPTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;
const MAX_LENGTH = 2000;
const MAX_LINES_LENGTH = 20_000;

export function plainText(text: string): string {
  const shown = text.replace(DECEPTIVE, (character) => {
    if (character === '\n' || character === '\t') return ' ';
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
  return shown.length > MAX_LENGTH ? `${shown.slice(0, MAX_LENGTH)}…` : shown;
}

/** The same for text of several lines; line breaks stay. */
export function plainLines(text: string): string {
  const shown = text.split('\n').map(plainText).join('\n');
  return shown.length > MAX_LINES_LENGTH ? `${shown.slice(0, MAX_LINES_LENGTH)}…` : shown;
}
