/** The output of one program as text: decoded while it streams, shortened on a character boundary, control characters removed. */

import { cutToBytes, sanitizeText } from '../result/sanitize-text.ts';
import { shortenText } from '../result/shorten-text.ts';
import type { OutputStream } from '../launcher/program.ts';

export interface ProgramText {
  readonly stdout: string;
  readonly stderr: string;
  /** Characters removed from both. */
  readonly removedCharacters: number;
  /** Whether the middle of stdout or stderr is left out. */
  readonly isShortened: boolean;
}

/** Holds the first `maxBytes` bytes and at least the last `maxBytes` bytes, so that memory stays bounded. */
class StreamText {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #maxBytes: number;
  #start = '';
  #startBytes = 0;
  readonly #rest: string[] = [];
  #restBytes = 0;
  #dropped = false;
  bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  write(bytes: Uint8Array): string {
    const text = this.#decoder.decode(bytes, { stream: true });
    this.#add(text);
    return text;
  }

  /** @param cut the stream was cut, so an unfinished character at its end is dropped instead of shown as damage */
  end(cut: boolean): void {
    const rest = this.#decoder.decode();
    if (!cut) this.#add(rest);
  }

  text(maxBytes: number): string {
    const rest = this.#rest.join('');
    const end = this.#dropped ? rest : this.#start + rest;
    return this.bytes <= maxBytes ? end : shortenText({ start: this.#start, end, bytes: this.bytes }, maxBytes);
  }

  #add(text: string): void {
    if (text === '') return;
    this.bytes += Buffer.byteLength(text);
    // Once something is in the rest, later text follows it there.
    const first = this.#rest.length === 0 ? cutToBytes(text, this.#maxBytes - this.#startBytes) : '';
    this.#start += first;
    this.#startBytes += Buffer.byteLength(first);
    const more = text.slice(first.length);
    if (more === '') return;
    this.#rest.push(more);
    this.#restBytes += Buffer.byteLength(more);
    while (this.#rest.length > 1) {
      const oldest = Buffer.byteLength(this.#rest[0] ?? '');
      if (this.#restBytes - oldest < this.#maxBytes) return;
      this.#rest.shift();
      this.#restBytes -= oldest;
      this.#dropped = true;
    }
  }
}

export class OutputText {
  readonly #maxBytes: number;
  readonly #streams: Readonly<Record<OutputStream, StreamText>>;

  /** @param maxBytes of stdout and stderr together, in UTF-8 */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#streams = { stdout: new StreamText(maxBytes), stderr: new StreamText(maxBytes) };
  }

  /** @returns the text that became complete with these bytes, not yet sanitized */
  write(stream: OutputStream, bytes: Uint8Array): string {
    return this.#streams[stream].write(bytes);
  }

  end(cut: boolean): ProgramText {
    const { stdout, stderr } = this.#streams;
    stdout.end(cut);
    stderr.end(cut);
    // Error output is short as a rule and says most, so a quarter is reserved for it.
    const ofStderr = Math.min(stderr.bytes, Math.max(this.#maxBytes >> 2, this.#maxBytes - stdout.bytes));
    const out = sanitizeText(stdout.text(this.#maxBytes - ofStderr));
    const err = sanitizeText(stderr.text(ofStderr));
    return {
      stdout: out.text,
      stderr: err.text,
      removedCharacters: out.removed + err.removed,
      isShortened: stdout.bytes + stderr.bytes > this.#maxBytes,
    };
  }
}
