/**
 * Text in the log may come from a tool or a client. A log line must not be able to look like another line, or to control
 * the terminal that shows it.
 */

// C1 controls, zero-width and bidirectional characters, line and paragraph separators. JSON escapes the C0 controls itself.
const INVISIBLE =
  '\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb';
const HAS_HIDDEN = new RegExp(`[${INVISIBLE}]`);
const HIDDEN = new RegExp(`[${INVISIBLE}]`, 'gu');
const CONTROL = new RegExp(`[\\u0000-\\u001f${INVISIBLE}]`, 'gu');

/** A JSON line in which invisible and bidirectional characters are written as `\uXXXX`. It parses to the same value. */
export function escapeJsonLine(line: string): string {
  // Nearly every line has none, and this runs for every line.
  return HAS_HIDDEN.test(line) ? line.replaceAll(HIDDEN, escaped) : line;
}

/**
 * The same line for pino-pretty, which prints strings unescaped: every control character becomes visible text. Stacks keep
 * their line breaks; pino-pretty indents them.
 */
export function escapePrettyLine(line: string): string {
  try {
    return `${JSON.stringify(visible(JSON.parse(line), ''))}\n`;
  } catch {
    return `${JSON.stringify({ msg: line.replaceAll(CONTROL, escaped) })}\n`;
  }
}

function visible(value: unknown, key: string): unknown {
  if (typeof value === 'string') {
    if (key !== 'stack') return value.replaceAll(CONTROL, escaped);
    return value
      .split('\n')
      .map((part) => part.replaceAll(CONTROL, escaped))
      .join('\n');
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((member) => visible(member, key));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.replaceAll(CONTROL, escaped), visible(member, name)]),
  );
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
