import { HIDDEN } from '../hidden-characters.ts';

/** `text` with every hidden character as an escape: `\u202e`. */
export function visibleText(text: string): string {
  return text.replaceAll(HIDDEN, (character) => character.replaceAll(/[^]/g, escapedUnit));
}

function escapedUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A text from the outside as a message quotes it: in double quotes, cut at 64 characters. */
export function quotedText(text: string): string {
  const clipped = text.length > 64 ? `${text.slice(0, 64)}…` : text;
  return `"${visibleText(clipped).replaceAll('"', '\\"')}"`;
}
