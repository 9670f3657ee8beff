const CONTROL = /\p{Cc}/gu;

/** At most `max` characters; control characters and half characters become U+FFFD (PostgreSQL can store neither NUL nor halves). */
export function cleanText(text: string, max: number): string {
  return text.slice(0, max).toWellFormed().replaceAll(CONTROL, '\ufffd');
}
