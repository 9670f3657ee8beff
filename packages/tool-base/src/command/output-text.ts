/** The output of one program as text: shortened on a character boundary, control characters removed. */

import { sanitizeText } from '../result/sanitize-text.ts';
import type { ReadHint } from '../result/kept-output.ts';
import { shortenText } from '../result/shorten-text.ts';
import type { OutputStream } from '../launcher/program.ts';

export interface ProgramText {
  readonly stdout: string;
  readonly stderr: string;
  /** Characters removed from both. */
  readonly removedCharacters: number;
  /** Whether the middle of stdout or stderr is left out. */
  readonly isShortened: boolean;
  /** Whether some bytes were not UTF-8: U+FFFD stands in their place. */
  readonly hasInvalidBytes: boolean;
}

const REPLACEMENT = '\ufffd';

/**
 * Holds the first `maxBytes` bytes and at least the last `maxBytes` bytes, so that memory stays bounded. They become text at the
 * end only: what a program prints in between is never decoded.
 */
class StreamText {
  readonly #maxBytes: number;
  readonly #start: Uint8Array[] = [];
  #startBytes = 0;
  readonly #rest: Uint8Array[] = [];
  #restBytes = 0;
  #dropped = false;
  #cut = false;
  #whole = '';
  /** UTF-8 bytes of the text; while it comes, bytes of the stream. */
  bytes = 0;
  hasInvalidBytes = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  write(bytes: Uint8Array): void {
    this.bytes += bytes.length;
    // Once something is in the rest, later bytes follow it there.
    const first = this.#rest.length === 0 ? bytes.subarray(0, this.#maxBytes - this.#startBytes) : bytes.subarray(0, 0);
    if (first.length > 0) this.#start.push(first);
    this.#startBytes += first.length;
    const more = bytes.subarray(first.length);
    if (more.length === 0) return;
    this.#rest.push(more);
    this.#restBytes += more.length;
    while (this.#rest.length > 1) {
      const oldest = this.#rest[0]?.length ?? 0;
      if (this.#restBytes - oldest < this.#maxBytes) return;
      this.#rest.shift();
      this.#restBytes -= oldest;
      this.#dropped = true;
    }
  }

  /** @param cut the stream was cut, so an unfinished character at its end is dropped instead of shown as damage */
  end(cut: boolean): void {
    this.#cut = cut;
    if (this.#dropped) return;
    this.#whole = this.#checked([...this.#start, ...this.#rest], cut);
    this.bytes = Buffer.byteLength(this.#whole);
  }

  text(maxBytes: number, hint: ((offset: number) => string) | undefined): string {
    if (!this.#dropped && this.bytes <= maxBytes) return this.#whole;
    const start = this.#dropped ? this.#checked(this.#start, true) : this.#whole;
    const end = this.#dropped ? decode(this.#rest, this.#cut) : this.#whole;
    return shortenText({ start, end, bytes: this.bytes }, maxBytes, hint);
  }

  /** A program may also print the replacement character itself. */
  #checked(parts: readonly Uint8Array[], cut: boolean): string {
    const text = decode(parts, cut);
    this.hasInvalidBytes ||= text.includes(REPLACEMENT) && !Buffer.concat(parts).includes(REPLACEMENT);
    return text;
  }
}

/** @param cut whether an unfinished character at the end is dropped */
function decode(parts: readonly Uint8Array[], cut: boolean): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(parts), { stream: cut });
}

export class OutputText {
  readonly #maxBytes: number;
  readonly #streams: Readonly<Record<OutputStream, StreamText>>;

  /** @param maxBytes of stdout and stderr together, in UTF-8 */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#streams = { stdout: new StreamText(maxBytes), stderr: new StreamText(maxBytes) };
  }

  write(stream: OutputStream, bytes: Uint8Array): void {
    this.#streams[stream].write(bytes);
  }

  /** Whether there is more than the limit. */
  get isOver(): boolean {
    const { stdout, stderr } = this.#streams;
    return stdout.bytes + stderr.bytes > this.#maxBytes;
  }

  /** @param cut the output was cut, so an unfinished character at its end is dropped */
  end(cut: boolean): void {
    const { stdout, stderr } = this.#streams;
    stdout.end(cut);
    stderr.end(cut);
  }

  /** Of all of it, after {@link end}. @param hint how to read what is left out */
  text(hint?: ReadHint): ProgramText {
    const { stdout, stderr } = this.#streams;
    // Error output is short as a rule and says most, so a quarter is reserved for it.
    const ofStderr = Math.min(stderr.bytes, Math.max(this.#maxBytes >> 2, this.#maxBytes - stdout.bytes));
    const out = sanitizeText(stdout.text(this.#maxBytes - ofStderr, hint && ((offset) => hint('stdout', offset))));
    const err = sanitizeText(stderr.text(ofStderr, hint && ((offset) => hint('stderr', offset))));
    return {
      stdout: out.text,
      stderr: err.text,
      removedCharacters: out.removed + err.removed,
      isShortened: this.isOver,
      hasInvalidBytes: stdout.hasInvalidBytes || stderr.hasInvalidBytes,
    };
  }
}
