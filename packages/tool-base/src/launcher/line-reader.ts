/** Cuts a byte stream into lines of bounded length. */

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export interface LineReaderOptions {
  readonly maxBytes: number;
  /** Not called for an empty line. `isCut`: it was longer than allowed, and the rest of it is skipped. */
  readonly onLine: (line: Buffer, isCut: boolean) => void;
}

export class LineReader {
  readonly #options: LineReaderOptions;
  #pieces: Buffer[] = [];
  #length = 0;
  /** In the rest of a line that was cut. */
  #skipping = false;

  constructor(options: LineReaderOptions) {
    this.#options = options;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      this.#add(chunk.subarray(from, end));
      this.end();
      this.#skipping = false;
      from = end + 1;
    }
    this.#add(chunk.subarray(from));
  }

  /** What came after the last line end is a line as well. */
  end(): void {
    if (!this.#skipping && this.#pieces.length > 0) this.#emit(false);
  }

  #add(piece: Buffer): void {
    if (this.#skipping || piece.length === 0) return;
    const space = this.#options.maxBytes - this.#length;
    // A chunk may be reused by whoever gave it, and a small piece would keep a large chunk alive.
    this.#pieces.push(Buffer.from(piece.subarray(0, space)));
    this.#length += Math.min(piece.length, space);
    if (piece.length <= space) return;
    this.#emit(true);
    this.#skipping = true;
  }

  #emit(isCut: boolean): void {
    const line = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#length = 0;
    const end = line.at(-1) === CARRIAGE_RETURN ? line.length - 1 : line.length;
    this.#options.onLine(line.subarray(0, end), isCut);
  }
}
