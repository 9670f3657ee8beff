/**
 * Text from a tool is data that a terminal, a log or a model will read, so characters that steer or hide are taken out:
 * control characters except tab and line ends, whole ANSI sequences, bidirectional controls, zero-width characters, line and
 * paragraph separators, Unicode tags and the supplementary variation selectors. One pass, linear in the length.
 */

const CSI = '(?:\\u001b\\[|\\u009b)[0-?]{0,64}[ -/]{0,16}[@-~]?';
const OTHER_ESCAPE = '\\u001b[ -/]{0,4}[0-~]?';
const LONE_CR = '\\r(?!\\n)';
const CONTROLS = '[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]';
const UNSEEN =
  '[\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufeff' +
  '\\uffa0\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}\\u{e0100}-\\u{e01ef}]';

const STEERING = new RegExp([CSI, OTHER_ESCAPE, LONE_CR, CONTROLS, UNSEEN].join('|'), 'gu');
/** Cheap first look: anything outside printable ASCII, tab and newline. */
const SUSPECT = /[^\t\n\x20-\x7e]/;

export interface NeutralText {
  readonly text: string;
  /** UTF-16 units taken out. */
  readonly removed: number;
}

export function neutralise(text: string): NeutralText {
  if (!SUSPECT.test(text)) return { text, removed: 0 };
  const clean = text.toWellFormed().replaceAll(STEERING, '');
  return { text: clean, removed: text.length - clean.length };
}

/** Deeper JSON is no data but an attack on whoever walks it: every writer of JSON recurses. */
const MAX_DEPTH = 256;

/**
 * The same for every string, and every key, in a JSON value.
 * @throws {RangeError} for a value nested deeper than 256 levels
 */
export function neutraliseJson(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return neutralise(value).text;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) throw new RangeError(`The value is nested deeper than ${MAX_DEPTH} levels.`);
  if (Array.isArray(value)) return value.map((member) => neutraliseJson(member, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [neutralise(key).text, neutraliseJson(member, depth + 1)]),
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
