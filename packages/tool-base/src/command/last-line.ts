/** Longer ones are shortened: the whole is in the output. */
const MAX_LENGTH = 200;

/**
 * The last line of sanitized text that is not blank, by which a program as a rule says why it failed. Shortened at its end, since
 * the cause is at its beginning.
 */
export function lastLine(text: string): string | undefined {
  const end = text.trimEnd();
  const line = end
    .slice(end.lastIndexOf('\n') + 1)
    .replaceAll(/\s+/g, ' ')
    .trim();
  if (line.length <= MAX_LENGTH) return line === '' ? undefined : line;
  return `${line.slice(0, MAX_LENGTH - 1).toWellFormed()}\u2026`;
}
