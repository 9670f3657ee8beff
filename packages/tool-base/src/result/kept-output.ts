/** The whole output of a call whose result has only a part of it. */
import type { OutputStream } from '../launcher/program.ts';

/**
 * How to read what is left out of a result, for the line that stands in its place.
 *
 * @param offset of the first byte that is left out
 */
export type ReadHint = (stream: OutputStream, offset: number) => string;

export interface KeptOutput {
  /** Takes every byte from the first one on. Never throws: {@link close} tells what could not be kept. */
  write(stream: OutputStream, bytes: Uint8Array): void;
  /** Never rejects. @returns undefined when it could not be kept */
  close(): Promise<ReadHint | undefined>;
}

/** Begins to keep the output of a call; called at most once, when its result turns out to be too small for it. */
export type KeepOverflow = () => KeptOutput | undefined;

/** Holds the bytes of a run as long as its result can have them all; beyond, they and all that follow are kept. */
export class Overflow {
  readonly #keep: KeepOverflow;
  #held: [OutputStream, Uint8Array][] = [];
  #kept: KeptOutput | undefined;

  constructor(keep: KeepOverflow) {
    this.#keep = keep;
  }

  /** @param isOver whether the result cannot have all of it any more */
  write(stream: OutputStream, bytes: Uint8Array, isOver: boolean): void {
    if (!isOver) {
      this.#held.push([stream, bytes]);
      return;
    }
    this.#begin();
    this.#kept?.write(stream, bytes);
  }

  async close(isOver: boolean): Promise<ReadHint | undefined> {
    if (isOver) this.#begin();
    return this.#kept?.close();
  }

  #begin(): void {
    if (this.#held.length === 0 && this.#kept) return;
    this.#kept ??= this.#keep();
    for (const [stream, bytes] of this.#held) this.#kept?.write(stream, bytes);
    this.#held = [];
  }
}
