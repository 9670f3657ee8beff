/** `text` with every control or invisible character written as its code point: `\u{202e}`. */
export function visibleText(text: string): string {
  return text.replaceAll(/\p{C}|\p{Zl}|\p{Zp}/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16) ?? ''}}`);
}

/** A text from the outside as a message quotes it: in double quotes, cut at 64 characters. */
export function quotedText(text: string): string {
  const clipped = text.length > 64 ? `${text.slice(0, 64)}…` : text;
  return `"${visibleText(clipped).replaceAll('"', '\\"')}"`;
}
