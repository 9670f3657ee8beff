/**
 * Characters that do not look like what they are: they control a display, end a line, change the direction of text or hide some
 * of it. Every channel by which text leaves the server uses this list, and they differ only in what they do with them: output
 * for a model loses them, a log and the dashboard show them as escapes, a name that holds one is refused.
 *
 * Packages that import no other have an expression of their own, which a test compares with this list.
 */

/** Joiners and selectors of forms are hidden only where they stand alone. */
const ALWAYS =
  '[\\p{Cc}\\p{Zl}\\p{Zp}\\p{DI}\\p{NChar}\\ufff9-\\ufffb\\u{13430}-\\u{1343f}](?<![\\t\\n\\r\\u200c\\u200d\\u180b-\\u180d\\u180f\\ufe00-\\ufe0f])';

/** Scripts whose spelling needs joiners. In Latin text they would only hide something. */
const JOINING_SCRIPTS = [
  'Arabic',
  'Syriac',
  'Nko',
  'Mandaic',
  'Mongolian',
  'Devanagari',
  'Bengali',
  'Gurmukhi',
  'Gujarati',
  'Oriya',
  'Tamil',
  'Telugu',
  'Kannada',
  'Malayalam',
  'Sinhala',
  'Khmer',
  'Myanmar',
  'Tibetan',
  'Balinese',
  'Javanese',
]
  .map((script) => `\\p{Script=${script}}`)
  .join('');
const JOINED = `${JOINING_SCRIPTS}\\p{Extended_Pictographic}`;
/** A joiner between two letters or emoji is part of a word or of one emoji. */
const STRAY_JOINER = `[\\u200c\\u200d](?:(?<![${JOINED}\\ufe0f\\u{1f3fb}-\\u{1f3ff}][\\u200c\\u200d])|(?![${JOINED}]))`;
/** One selector chooses the form of the emoji, symbol or ideograph before it; more of them, or others, carry hidden data. */
const STRAY_SELECTOR =
  '[\\ufe0e\\ufe0f](?<!\\p{Emoji}[\\ufe0e\\ufe0f])|' +
  '[\\ufe00-\\ufe0d](?<![\\p{Sm}\\p{Script=Han}\\p{Script=Myanmar}\\p{Script=Phags_Pa}][\\ufe00-\\ufe0d])';
const STRAY_MONGOLIAN_SELECTOR = '[\\u180b-\\u180d\\u180f](?<!\\p{Script=Mongolian}[\\u180b-\\u180d\\u180f])';

/**
 * The source of a regular expression, for the flag `u`, that matches one hidden character other than a tab or a line end. It
 * looks around only where a character that needs it was found. For a well-formed text: halves of characters are not looked for.
 */
export const HIDDEN_IN_LINES: string = `${ALWAYS}|${STRAY_JOINER}|${STRAY_SELECTOR}|${STRAY_MONGOLIAN_SELECTOR}`;

const HIDDEN = new RegExp(`[\\t\\n\\r\\p{Cs}]|${HIDDEN_IN_LINES}`, 'gu');
/** Nearly every text is printable ASCII. */
const PLAIN = /^[\x20-\x7e]*$/;

/** Whether a text holds a hidden character; tabs and line ends are some. */
export function hasHidden(text: string): boolean {
  return !PLAIN.test(text) && text.search(HIDDEN) >= 0;
}

/** The text with something else in place of each hidden character. */
export function replaceHidden(text: string, replacement: (character: string) => string): string {
  return PLAIN.test(text) ? text : text.replaceAll(HIDDEN, replacement);
}

/** A character as JSON escapes it: `\u202e`, and two of them for a character beyond U+FFFF. */
export function escapedCharacter(character: string): string {
  return Array.from({ length: character.length }, (_, at) => {
    return `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }).join('');
}
