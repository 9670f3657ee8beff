/** Keeps the first `maxBytes` of a stream and counts all of it. */
export class CappedOutput {
  readonly #maxBytes: number;
  readonly #chunks: Uint8Array[] = [];
  #keptBytes = 0;
  #totalBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  write(chunk: Uint8Array): void {
    this.#totalBytes += chunk.length;
    const left = this.#maxBytes - this.#keptBytes;
    if (left <= 0) return;
    // `slice` of a Uint8Array copies, so that the rest of the chunk can be freed; `slice` of a Buffer would not.
    this.#chunks.push(chunk.length > left ? Uint8Array.prototype.slice.call(chunk, 0, left) : chunk);
    this.#keptBytes += Math.min(chunk.length, left);
  }

  get totalBytes(): number {
    return this.#totalBytes;
  }

  get truncated(): boolean {
    return this.#totalBytes > this.#keptBytes;
  }

  toString(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}
