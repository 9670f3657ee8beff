/** The output of one program as text: decoded while it streams, cut on a character boundary, control characters removed. */

import { sanitizeText } from '../result/sanitize-text.ts';
import type { OutputStream } from '../launcher/program.ts';

export interface ProgramText {
  readonly stdout: string;
  readonly stderr: string;
  /** Characters removed from both. */
  readonly removedCharacters: number;
}

class StreamText {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #parts: string[] = [];

  write(bytes: Uint8Array): string {
    const text = this.#decoder.decode(bytes, { stream: true });
    if (text !== '') this.#parts.push(text);
    return text;
  }

  /** @param cut the stream was cut, so an unfinished character at its end is dropped instead of shown as damage */
  end(cut: boolean): string {
    const rest = this.#decoder.decode();
    if (!cut && rest !== '') this.#parts.push(rest);
    return this.#parts.join('');
  }
}

export class OutputText {
  readonly #streams: Readonly<Record<OutputStream, StreamText>> = {
    stdout: new StreamText(),
    stderr: new StreamText(),
  };

  /** @returns the text that became complete with these bytes, not yet sanitizedJson */
  write(stream: OutputStream, bytes: Uint8Array): string {
    return this.#streams[stream].write(bytes);
  }

  end(cut: boolean): ProgramText {
    const stdout = sanitizeText(this.#streams.stdout.end(cut));
    const stderr = sanitizeText(this.#streams.stderr.end(cut));
    return { stdout: stdout.text, stderr: stderr.text, removedCharacters: stdout.removed + stderr.removed };
  }
}
