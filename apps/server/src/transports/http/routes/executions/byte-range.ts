/** One range of bytes of a Range header (RFC 9110 section 14.1.2); `end` is included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * @param total bytes that there are
 * @returns undefined for a header that is ignored, `unsatisfiable` for a range of which nothing is there
 */
export function readRange(header: string | undefined, total: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header?.trim() ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  if (first === '') {
    const length = Math.min(Number(last), total);
    return length === 0 ? 'unsatisfiable' : { start: total - length, end: total - 1 };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return undefined;
  if (start >= total) return 'unsatisfiable';
  return { start, end: last === '' ? total - 1 : Math.min(Number(last), total - 1) };
}
