import type { Place } from './node.ts';
import { REDACTED } from '../fields/secret.ts';
import { HIDDEN } from '../hidden-characters.ts';

/** Characters of one line shown on either side of the caret; a minified JSON file is a single long line. */
const WINDOW = 60;

/** Offsets at which the lines of a text begin. A CR LF pair and a lone LF end a line. */
export function lineStartsOf(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** Line and column of an offset, both counted from 1. */
export function positionAt(lineStarts: readonly number[], offset: number): { line: number; column: number } {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 };
}

/**
 * The line of `offset` with a caret under it, and the line before. Ranges in `hidden` print as `[redacted]`;
 * comments are left out, because a commented-out secret is still a secret.
 */
export function snippetAt(
  text: string,
  lineStarts: readonly number[],
  offset: number,
  hidden: readonly Place[],
  commentAt: (lineStart: number, lineEnd: number) => number,
): string {
  const { line } = positionAt(lineStarts, offset);
  const width = String(line).length;
  const gutter = (label: string): string => `${label.padStart(width + 2)} | `;
  const rows: string[] = [];
  for (const number of line === 1 ? [1] : [line - 1, line]) {
    const start = lineStarts[number - 1] ?? 0;
    const end = lineEnd(text, lineStarts, number);
    const stop = Math.min(end, Math.max(commentAt(start, end), number === line ? offset : start));
    const shown = shownLine(text, start, stop, hidden, number === line ? offset : start);
    const from = Math.max(0, shown.caret - WINDOW);
    const cut = from > 0 ? '…' : '';
    const tail = shown.text.length > shown.caret + WINDOW ? '…' : '';
    rows.push(`${gutter(String(number))}${cut}${shown.text.slice(from, shown.caret + WINDOW)}${tail}`.trimEnd());
    if (number === line) {
      const before = shown.text.slice(from, shown.caret).replaceAll(/[^\t]/g, ' ');
      rows.push(`${gutter('')}${cut === '' ? '' : ' '}${before}^`);
    }
  }
  return rows.join('\n');
}

function lineEnd(text: string, lineStarts: readonly number[], line: number): number {
  const next = lineStarts[line];
  const end = next === undefined ? text.length : next - 1;
  return text[end - 1] === '\r' ? end - 1 : end;
}

function shownLine(
  text: string,
  start: number,
  end: number,
  hidden: readonly Place[],
  offset: number,
): { text: string; caret: number } {
  let shown = '';
  let caret = 0;
  let at = start;
  const within = hidden.filter((place) => place.end > start && place.start < end).sort((a, b) => a.start - b.start);
  for (const place of [...within, { start: end, end }]) {
    const from = Math.max(at, place.start);
    if (offset >= at && offset <= from) caret = shown.length + offset - at;
    shown += printable(text.slice(at, from));
    if (place.end > from && from < end) {
      if (offset > from && offset < place.end) caret = shown.length;
      shown += REDACTED;
    }
    at = Math.max(at, Math.min(place.end, end));
  }
  return { text: shown, caret };
}

/** Of the same length in places of a line, so that the caret stays where it points. */
function printable(text: string): string {
  return text.replaceAll(HIDDEN, (character) => (character === '\t' ? character : '\u{FFFD}'.repeat(character.length)));
}
