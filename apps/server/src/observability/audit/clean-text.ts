/** Control characters, separators of lines, and what changes the direction of text or hides it; joiners of words and emoji stay. */
const DECEPTIVE =
  /[\p{Cc}\p{Zl}\p{Zp}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
/** Fast check: nearly every text is printable ASCII. */
const PLAIN = /^[\x20-\x7e]*$/;

/** At most `max` characters; what controls, reorders or hides text, and half characters, become U+FFFD (PostgreSQL can store neither NUL nor halves). */
export function cleanText(text: string, max: number): string {
  const kept = text.length > max ? text.slice(0, max) : text;
  return PLAIN.test(kept) ? kept : kept.toWellFormed().replaceAll(DECEPTIVE, '\ufffd');
}
