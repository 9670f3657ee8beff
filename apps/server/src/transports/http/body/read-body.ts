import type { Readable } from 'node:stream';

import { bodyTooLarge } from '../guard/body-headers.ts';
import { bodyText, parseJsonBody, type BodyText, type ParsedBody } from './json-body.ts';
import { reject, type Rejection } from '../../../foundation/problem-details.ts';

export type BodyBytes = { readonly ok: true; readonly bytes: Uint8Array } | Rejection;

/**
 * Reads a request body of up to `maxBytes`. Nothing is read beyond the limit, and the rejection then closes the
 * connection. A client that disconnects during the body also gives a rejection; the promise never rejects.
 *
 * @internal
 */
export function readBody(body: Readable, maxBytes: number): Promise<BodyBytes> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    let settled = false;
    const settle = (result: BodyBytes): void => {
      settled = true;
      resolve(result);
    };
    const onData = (chunk: Uint8Array): void => {
      size += chunk.byteLength;
      if (size <= maxBytes) return void chunks.push(chunk);
      body.off('data', onData).pause();
      settle(bodyTooLarge(maxBytes));
    };
    // The listeners are not removed: the request ends soon after its body.
    const onEnd = (): void => settle({ ok: true, bytes: concatenate(chunks) });
    const onClosed = (): void => void (settled || settle(incompleteBody()));
    if (body.destroyed || body.readableEnded) return onClosed();
    body.on('data', onData).on('end', onEnd).on('error', onClosed).on('close', onClosed);
  });
}

/** {@link readBody}, then {@link parseJsonBody}. */
export async function readJsonBody(body: Readable, maxBytes: number, whenEmpty?: object): Promise<ParsedBody> {
  const read = await readBody(body, maxBytes);
  if (!read.ok) return read;
  return whenEmpty && read.bytes.byteLength === 0 ? { ok: true, value: whenEmpty } : parseJsonBody(read.bytes);
}

/** {@link readBody}, then {@link bodyText}. */
export async function readBodyText(body: Readable, maxBytes: number): Promise<BodyText> {
  const read = await readBody(body, maxBytes);
  return read.ok ? bodyText(read.bytes) : read;
}

function incompleteBody(): Rejection {
  return reject(400, 'body_incomplete', 'The body ended before it was complete.', undefined, { connection: 'close' });
}

function concatenate(chunks: readonly Uint8Array[]): Uint8Array {
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
}
