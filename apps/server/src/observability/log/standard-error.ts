import { Writable } from 'node:stream';

/** The part of `process.stderr` that is used. */
export interface ErrorStream {
  /** Bytes that the stream holds because its reader does not take them. */
  readonly writableLength: number;
  write(text: string): boolean;
  on(event: 'error', listener: () => void): unknown;
}

/** As much as a reader may be behind. */
const MAX_HELD_BYTES = 1024 * 1024;

/**
 * Standard error as the destination of the log. Node holds what a pipe does not take, so a reader that has stopped reading
 * holds up nothing: many clients start the server over stdio and leave its log unread. What is held is bounded: further lines
 * are dropped, and reported once the stream takes lines again. A pipe that the reader has closed loses lines without a word.
 *
 * @param onDropped called with how many, before the first line that is written again
 */
export function standardError(
  onDropped: (lines: number) => void,
  stream: ErrorStream = process.stderr,
  maxHeldBytes: number = MAX_HELD_BYTES,
): Writable {
  let dropped = 0;
  stream.on('error', () => {});
  return new Writable({
    decodeStrings: false,
    write(text: string | Buffer, _, done) {
      const lines = text.toString();
      if (stream.writableLength > maxHeldBytes) {
        dropped += lines.split('\n').length - 1;
      } else {
        const missing = dropped;
        dropped = 0;
        if (missing > 0) onDropped(missing);
        stream.write(lines);
      }
      done();
    },
  });
}
