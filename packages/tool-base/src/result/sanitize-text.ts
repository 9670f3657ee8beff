/**
 * A model will read the text of a tool, so hidden characters are removed, except tabs and line ends, and whole ANSI sequences
 * with their payload. What separates lines or pages becomes a line end, or the words around it would be joined: a carriage
 * return by itself, with which programs overwrite a status line, form feeds, vertical tabs, and the separators of Unicode.
 * Characters that a printer strikes twice stay once. Linear in the length.
 */
import { HIDDEN_IN_LINES } from '../hidden-characters.ts';

const CSI = '(?:\\u001b\\[|\\u009b)[0-?]{0,64}[ -/]{0,16}[@-~]?';
/** OSC, DCS, SOS, PM and APC up to their terminator, such as the address of a hyperlink. No introducer is read twice. */
const STRING_SEQUENCE =
  '(?:\\u001b[\\]PX^_]|[\\u0090\\u0098\\u009d-\\u009f])[^\\u0007\\u001b\\u0090\\u0098\\u009c-\\u009f\\r\\n]{0,4096}(?:\\u0007|\\u001b\\\\|\\u009c)';
const OTHER_ESCAPE = '\\u001b[ -/]{0,4}[0-~]?';
const SEPARATOR = '\\r(?!\\n)|[\\u000b\\u000c\\u0085\\u2028\\u2029]';

const REMOVED = new RegExp([CSI, STRING_SEQUENCE, OTHER_ESCAPE, SEPARATOR, HIDDEN_IN_LINES].join('|'), 'gu');
const SEPARATORS: ReadonlySet<string> = new Set('\r\u000b\u000c\u0085\u2028\u2029');
/** Bold and underlined text as nroff writes it: a character, a backspace, and the character again or above a `_`. */
const STRUCK_TWICE = /_[\b](?=[^\b\r\n])|([^\b\r\n])[\b](?=\1)/gu;
/** Cheap first look: anything outside printable ASCII, tab and newline. */
const SUSPECT = /[^\t\n\x20-\x7e]/;

export interface SanitizedText {
  readonly text: string;
  /** UTF-16 code units removed. */
  readonly removed: number;
}

export function sanitizeText(text: string): SanitizedText {
  if (!SUSPECT.test(text)) return { text, removed: 0 };
  const wellFormed = text.toWellFormed();
  const once = wellFormed.includes('\b') ? wellFormed.replaceAll(STRUCK_TWICE, '') : wellFormed;
  const clean = once.replaceAll(REMOVED, (found) => (SEPARATORS.has(found) ? '\n' : ''));
  return { text: clean, removed: text.length - clean.length };
}

/** One line of printable Unicode: nothing that {@link sanitizeText} would change, no tab and no line end. */
export function isPrintable(text: string): boolean {
  return text.isWellFormed() && !/[\t\r\n]/.test(text) && sanitizeText(text).text === text;
}

/** Code that walks or writes JSON recurses, so deeper nesting could overflow its stack. */
const MAX_DEPTH = 256;

/**
 * The same for every string, and every key, in a JSON value.
 * @throws {RangeError} for a value nested deeper than 256 levels
 */
export function sanitizeJson(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return sanitizeText(value).text;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) throw new RangeError(`The value is nested deeper than ${MAX_DEPTH} levels.`);
  if (Array.isArray(value)) return value.map((member) => sanitizeJson(member, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [sanitizeText(key).text, sanitizeJson(member, depth + 1)]),
  );
}

/** The longest prefix of at most `maxBytes` UTF-8 bytes that ends on a character boundary. */
export function cutToBytes(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  let end = maxBytes;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
