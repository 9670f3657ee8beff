/**
 * Text in the log may come from a tool or a client. A log line must not be able to look like another line, or to control
 * the terminal that shows it.
 */
import { escapedCharacter, replaceHidden } from '@mcp/tool-base';

/** A JSON line in which hidden characters are written as `\uXXXX`, but for its end. It parses to the same value. */
export function escapeJsonLine(line: string): string {
  if (!line.endsWith('\n')) return escaped(line);
  const text = line.slice(0, -1);
  const shown = escaped(text);
  // Nearly every line has none, and this runs for every line.
  return shown === text ? line : `${shown}\n`;
}

/**
 * The same line for pino-pretty, which prints strings unescaped: every control character becomes visible text. Stacks keep
 * their line breaks; pino-pretty indents them.
 */
export function escapePrettyLine(line: string): string {
  try {
    return `${JSON.stringify(visible(JSON.parse(line), ''))}\n`;
  } catch {
    return `${JSON.stringify({ msg: escaped(line) })}\n`;
  }
}

function visible(value: unknown, key: string): unknown {
  if (typeof value === 'string') {
    if (key !== 'stack') return escaped(value);
    return value.split('\n').map(escaped).join('\n');
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((member) => visible(member, key));
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [escaped(name), visible(member, name)]));
}

function escaped(text: string): string {
  return replaceHidden(text, escapedCharacter);
}
