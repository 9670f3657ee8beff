/** Text over a limit keeps its head and its tail; one line in between says how much is left out. */

import { cutToBytes } from './sanitize-text.ts';

/** A text of which the middle may be missing. */
export interface TextEnds {
  /** The text from its first character on, at least as long as the limit or complete. */
  readonly start: string;
  /** The text up to its last character, at least as long as the limit or complete. */
  readonly end: string;
  /** UTF-8 bytes of the whole text. */
  readonly bytes: number;
}

/** Reserved for the line in the middle, and the least that is kept around it. */
const NOTE_BYTES = 100;
const NARROW = 'narrow the call to see them';

/**
 * A text of more than `maxBytes` UTF-8 bytes, shortened on character boundaries, and on line ends where there are some. A limit of
 * less than 200 bytes is too small for that line: the head alone is kept.
 *
 * @param hint how to read the rest, from a byte on; left out where the limit is too small for it
 */
export function shortenText(
  { start, end, bytes }: TextEnds,
  maxBytes: number,
  hint?: (offset: number) => string,
): string {
  if (maxBytes < 2 * NOTE_BYTES) return cutToBytes(start, maxBytes);
  const hintBytes = hint === undefined ? 0 : Buffer.byteLength(hint(bytes));
  if (maxBytes < 2 * NOTE_BYTES + hintBytes) return shortenText({ start, end, bytes }, maxBytes);
  const kept = maxBytes - NOTE_BYTES - hintBytes;
  const head = endAtLine(cutToBytes(start, Math.ceil(kept / 2)));
  const tail = startAtLine(lastBytes(end, Math.floor(kept / 2)));
  const omitted = bytes - Buffer.byteLength(head) - Buffer.byteLength(tail);
  const lineEnd = head === '' || head.endsWith('\n') ? '' : '\n';
  // A replacement character stands for another number of bytes.
  const offset = head.includes('\uFFFD') ? 0 : Buffer.byteLength(head);
  return `${head}${lineEnd}[${omitted} of ${bytes} bytes left out here; ${hint?.(offset) ?? NARROW}]\n${tail}`;
}

function endAtLine(text: string): string {
  const at = text.lastIndexOf('\n') + 1;
  return at * 2 >= text.length ? text.slice(0, at) : text;
}

function startAtLine(text: string): string {
  const at = text.indexOf('\n') + 1;
  return at * 2 <= text.length ? text.slice(at) : text;
}

/** The longest end of at most `maxBytes` UTF-8 bytes that begins on a character boundary. */
function lastBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text.slice(-maxBytes));
  let from = Math.max(0, bytes.length - maxBytes);
  while (from < bytes.length && ((bytes[from] ?? 0) & 0xc0) === 0x80) from += 1;
  return bytes.toString('utf8', from);
}
