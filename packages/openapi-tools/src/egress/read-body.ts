import type { Readable } from 'node:stream';

export interface ReadBody {
  readonly body: Buffer;
  /** Whether the response went on behind the last byte that was read. */
  readonly cut: boolean;
}

/** Reads at most `maxBytes`; the connection of a longer response is closed. */
export async function readBody(stream: Readable, maxBytes: number): Promise<ReadBody> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const space = maxBytes - length;
    if (chunk.length > space) {
      chunks.push(chunk.subarray(0, space));
      return { body: Buffer.concat(chunks), cut: true };
    }
    chunks.push(chunk);
    length += chunk.length;
  }
  return { body: Buffer.concat(chunks), cut: false };
}
