/** This side of a conversation: lines out of bytes, and no more bytes on their way to the program than it reads. */

import { systemClock } from '../clock.ts';
import { ToolError } from '../result/tool-error.ts';
import { ErrorLines } from './error-lines.ts';
import { READ_STEP } from './frames.ts';
import { LineReader } from './line-reader.ts';
import type {
  Conversation,
  ConversationOptions,
  ConversationSpec,
  OutputStream,
  ProgramExit,
  ProgramSpec,
  ProgramStartFailure,
} from './program.ts';
import { secretFreeLines } from './secret-filter.ts';

/** Bytes on their way to the program. */
const WINDOW_BYTES = 2 ** 20;
/** Bytes that wait for a place on the way. */
const MAX_WAITING_BYTES = 16 * 2 ** 20;
const PIECE_BYTES = 2 ** 16;

/** How the program is reached. */
export interface ProgramPipe {
  readonly write: (bytes: Uint8Array) => void;
  readonly endStdin: () => void;
  readonly stop: () => void;
}

/** The run of a conversation: it has no limit of output over its whole life. */
export function programOf(spec: ConversationSpec): ProgramSpec {
  const { maxLineBytes: _, ...program } = spec;
  return { ...program, maxOutputBytes: Number.MAX_SAFE_INTEGER };
}

export class OpenConversation implements Conversation {
  readonly ended: Promise<ProgramExit | ProgramStartFailure>;
  readonly #end = Promise.withResolvers<ProgramExit | ProgramStartFailure>();
  readonly #pipe: ProgramPipe;
  readonly #graceMs: number;
  readonly #lines: LineReader;
  readonly #errorLines: ErrorLines;
  readonly #waiting: {
    readonly bytes: Uint8Array;
    readonly done: () => void;
    readonly fail: (error: ToolError) => void;
  }[] = [];
  #waitingBytes = 0;
  #unreadBytes = 0;
  #failure: { readonly error: unknown } | undefined;
  #lineTooLong = false;
  #isOver = false;

  constructor(spec: ConversationSpec, options: ConversationOptions, pipe: ProgramPipe) {
    this.#pipe = pipe;
    this.#graceMs = spec.graceMs;
    this.ended = this.#end.promise;
    // A caller may never await it.
    this.ended.catch(() => undefined);
    const withoutSecrets = secretFreeLines(spec);
    this.#lines = new LineReader({
      maxBytes: spec.maxLineBytes,
      onLine: (line, isCut) => {
        if (isCut) this.#lineTooLong = true;
        if (this.#lineTooLong) pipe.stop();
        else options.onLine(withoutSecrets(line, false));
      },
    });
    this.#errorLines = new ErrorLines({ clock: systemClock, withoutSecrets, onLine: options.onErrorLine });
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#isOver) return Promise.reject(programEnded());
    if (this.#waiting.length === 0 && this.#unreadBytes + bytes.length <= WINDOW_BYTES) {
      this.#give(bytes);
      return Promise.resolve();
    }
    if (this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) {
      return Promise.reject(new ToolError('unavailable', 'The program does not read what it is sent.'));
    }
    this.#waitingBytes += bytes.length;
    return new Promise((done, fail) => {
      this.#waiting.push({ bytes, done, fail });
      this.#giveWaiting();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOver) this.#pipe.endStdin();
    const limit = setTimeout(() => this.#pipe.stop(), this.#graceMs);
    await this.ended.catch(() => undefined);
    clearTimeout(limit);
  }

  /** Bytes that the program wrote. */
  received(stream: OutputStream, bytes: Uint8Array): void {
    if (this.#failure !== undefined) return;
    try {
      const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      if (stream === 'stdout') this.#lines.push(chunk);
      else this.#errorLines.push(chunk);
    } catch (error) {
      this.#failure = { error };
      this.#pipe.stop();
    }
  }

  /** The program has read so many bytes more. */
  hasRead(bytes: number): void {
    this.#unreadBytes = Math.max(0, this.#unreadBytes - bytes);
    this.#giveWaiting();
  }

  over(end: ProgramExit | ProgramStartFailure): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const { fail } of this.#waiting.splice(0)) fail(programEnded());
    try {
      if (this.#failure === undefined) this.#lines.end();
      this.#errorLines.end();
    } catch (error) {
      this.#failure ??= { error };
    }
    if (this.#failure !== undefined) this.#end.reject(this.#failure.error);
    else this.#end.resolve(end.started && this.#lineTooLong ? { ...end, truncated: true } : end);
  }

  #give(bytes: Uint8Array): void {
    this.#unreadBytes += bytes.length;
    for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
      this.#pipe.write(bytes.subarray(from, from + PIECE_BYTES));
    }
  }

  /** A message larger than the window goes when nothing else is on its way, or no more than what may have been read and not reported. */
  #giveWaiting(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (this.#unreadBytes >= READ_STEP && this.#unreadBytes + first.bytes.length > WINDOW_BYTES) return;
      this.#waiting.shift();
      this.#waitingBytes -= first.bytes.length;
      this.#give(first.bytes);
      first.done();
    }
  }
}

function programEnded(): ToolError {
  return new ToolError('unavailable', 'The program has ended.');
}
