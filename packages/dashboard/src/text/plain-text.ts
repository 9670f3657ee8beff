/**
 * Text of tools, callers and targets is someone else's. It is only ever shown as text; here the characters that make text
 * show as something else (controls, changes of direction, what is invisible) become visible as `\u202e`.
 */
const DECEIVING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;
const LONGEST = 2000;

export function plainText(text: string): string {
  const shown = text.replace(DECEIVING, (character) => {
    if (character === '\n' || character === '\t') return ' ';
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown;
}
