import type { Readable } from 'node:stream';
import { bodyTooLarge } from '../guard/body-headers.ts';
import { parseJsonBody, type ParsedBody } from './json-body.ts';
import { reject, type Rejection } from '../../../problem-details.ts';

export type BodyBytes = { readonly ok: true; readonly bytes: Uint8Array } | Rejection;

/**
 * Collects a body up to `maxBytes`. Past the limit nothing more is kept or read; the rejection asks for the connection to be
 * closed. A client that goes away half-way gives a rejection too, never a rejection.
 *
 * @param body a node request, or the `body` of a web `Request` (null: no body)
 */
export function readBody(body: Readable | ReadableStream<Uint8Array> | null, maxBytes: number): Promise<BodyBytes> {
  if (body === null) return Promise.resolve({ ok: true, bytes: new Uint8Array() });
  return 'getReader' in body ? readWeb(body, maxBytes) : readNode(body, maxBytes);
}

/** {@link readBody}, then {@link parseJsonBody}. */
export async function readJsonBody(
  body: Readable | ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<ParsedBody> {
  const read = await readBody(body, maxBytes);
  return read.ok ? parseJsonBody(read.bytes) : read;
}

function incomplete(): Rejection {
  return reject(400, 'body_incomplete', 'The body ended before it was complete.', undefined, { connection: 'close' });
}

function readNode(body: Readable, maxBytes: number): Promise<BodyBytes> {
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
    // None of these is taken off again: a request outlives its body by little.
    const onEnd = (): void => settle({ ok: true, bytes: joined(chunks) });
    const onGone = (): void => void (settled || settle(incomplete()));
    if (body.destroyed || body.readableEnded) return onGone();
    body.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}

async function readWeb(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<BodyBytes> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { ok: true, bytes: joined(chunks) };
      size += value.byteLength;
      // Not cancelled: on a node server that would destroy the socket that still has to carry the rejection.
      if (size > maxBytes) return bodyTooLarge(maxBytes);
      chunks.push(value);
    }
  } catch {
    return incomplete();
  } finally {
    reader.releaseLock();
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
}
