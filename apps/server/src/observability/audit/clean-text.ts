const CONTROL = /\p{Cc}/gu;
/** Fast check: nearly every text is printable ASCII. */
const PLAIN = /^[\x20-\x7e]*$/;

/** At most `max` characters; control characters and half characters become U+FFFD (PostgreSQL can store neither NUL nor halves). */
export function cleanText(text: string, max: number): string {
  const kept = text.length > max ? text.slice(0, max) : text;
  return PLAIN.test(kept) ? kept : kept.toWellFormed().replaceAll(CONTROL, '\ufffd');
}
