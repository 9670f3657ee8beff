import type { OutputStream } from '@mcp/tool-base';

import type { Clock } from '../../foundation/clock.ts';
import { OUTPUT_STREAMS, type OutputWriter } from './output-store.ts';

export interface OutputUploadOptions {
  /** The local one, which is read again for the upload. */
  readonly writer: OutputWriter;
  readonly pieceBytes: number;
  /** One piece at most, from the offset on. */
  readonly read: (stream: OutputStream, offset: number) => Promise<Uint8Array>;
  /** Before the first piece. */
  readonly begin: () => Promise<void>;
  /** May be called again for the same piece. */
  readonly put: (stream: OutputStream, piece: number, bytes: Uint8Array) => Promise<void>;
  readonly onClosed: () => Promise<void>;
  /** How long {@link OutputUpload.close} goes on trying. */
  readonly closeTimeoutMs: number;
  readonly clock: Clock;
}

/** Between two uploads of a piece that is not full: a program may print every byte for itself. */
const GROWING_MS = 250;
const RETRY_MS = 1000;

/** A writer into a file that is uploaded in pieces while it grows, one piece in memory at a time. */
export class OutputUpload implements OutputWriter {
  readonly #options: OutputUploadOptions;
  readonly #uploaded = new Map<OutputStream, number>();
  #hasBegun = false;
  #running: Promise<void> | undefined;
  /** While it is open there is no limit. */
  #untilMs = Number.POSITIVE_INFINITY;
  #endPause: (() => void) | undefined;

  constructor(options: OutputUploadOptions) {
    this.#options = options;
    this.#running = this.#upload();
  }

  get stdoutBytes(): number {
    return this.#options.writer.stdoutBytes;
  }

  get stderrBytes(): number {
    return this.#options.writer.stderrBytes;
  }

  write(stream: OutputStream, bytes: Uint8Array): void {
    this.#options.writer.write(stream, bytes);
    this.#running ??= this.#upload();
  }

  async close(): Promise<void> {
    const { writer, clock, closeTimeoutMs, onClosed } = this.#options;
    this.#untilMs = clock.monotonicMs() + closeTimeoutMs;
    this.#endPause?.();
    try {
      await this.#running;
      await this.#upload();
    } finally {
      await writer.close();
      await onClosed();
    }
  }

  /** Rejects only after {@link close}: until then it tries again. */
  async #upload(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#hasBegun || this.#behind !== undefined) {
      try {
        const isGrowing = await this.#step();
        if (isGrowing && this.#untilMs === Number.POSITIVE_INFINITY) await this.#pause(GROWING_MS);
      } catch (error) {
        if (clock.monotonicMs() >= this.#untilMs) throw error;
        await this.#pause(RETRY_MS);
      }
    }
    this.#running = undefined;
  }

  /** @returns whether the piece that was uploaded may grow */
  async #step(): Promise<boolean> {
    const { pieceBytes, begin, read, put } = this.#options;
    if (!this.#hasBegun) await begin();
    this.#hasBegun = true;
    const stream = this.#behind;
    if (stream === undefined) return false;
    const uploaded = this.#uploaded.get(stream) ?? 0;
    const piece = Math.floor(uploaded / pieceBytes);
    const bytes = await read(stream, piece * pieceBytes);
    const end = piece * pieceBytes + bytes.length;
    // Removed by somebody else, such as a cleaner of temporary folders.
    if (end <= uploaded) throw new Error('The local copy of the output is gone.');
    await put(stream, piece, bytes);
    this.#uploaded.set(stream, end);
    return bytes.length < pieceBytes;
  }

  get #behind(): OutputStream | undefined {
    return OUTPUT_STREAMS.find((stream) => (this.#uploaded.get(stream) ?? 0) < this[`${stream}Bytes`]);
  }

  async #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#endPause = resolve;
    using _timer = this.#options.clock.setTimer(ms, resolve);
    await promise;
    this.#endPause = undefined;
  }
}
