/** Keeps the first `maxBytes` of a stream and counts all of it. */
export class CappedOutput {
  readonly #maxBytes: number;
  readonly #chunks: Buffer[] = [];
  #keptBytes = 0;
  #totalBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  write(chunk: Buffer): void {
    this.#totalBytes += chunk.length;
    const left = this.#maxBytes - this.#keptBytes;
    if (left <= 0) return;
    // A part is copied, so that the rest of the chunk can be freed.
    this.#chunks.push(chunk.length > left ? Buffer.from(chunk.subarray(0, left)) : chunk);
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
