/** Server-sent events of one response. What is bounded is one message, not the stream: streams may be open for days. */
import { createParser } from 'eventsource-parser';

import { ConnectionError } from '../connection/connection-error.ts';

export interface EventReaderOptions {
  /** Bytes of one event. */
  readonly maxBytes: number;
  readonly onData: (data: string) => void;
  readonly onId: (id: string) => void;
  /** The wait that the upstream asks for before the stream is reopened, in milliseconds. */
  readonly onRetry: (retryMs: number) => void;
}

/**
 * Reads a stream to its end.
 * @throws {ConnectionError} `too_large`
 */
export async function readEvents(body: AsyncIterable<Uint8Array>, options: EventReaderOptions): Promise<void> {
  const decoder = new TextDecoder();
  let pending = 0;
  const complete = (): void => {
    pending = 0;
  };
  const parser = createParser({
    onEvent: ({ id, data, event = 'message' }) => {
      complete();
      if (id) options.onId(id);
      if (data !== '' && event === 'message') options.onData(data);
    },
    onComment: complete,
    onRetry: (retryMs) => {
      complete();
      options.onRetry(retryMs);
    },
  });
  for await (const chunk of body) {
    pending += chunk.length;
    if (pending > options.maxBytes + chunk.length) throw tooLarge(options.maxBytes);
    parser.feed(decoder.decode(chunk, { stream: true }));
  }
}

/**
 * A whole body as text.
 * @throws {ConnectionError} `too_large`
 */
export async function readBody(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function tooLarge(maxBytes: number): ConnectionError {
  return new ConnectionError('too_large', `The upstream sent a message of more than ${maxBytes} bytes.`, {
    mayHaveRun: true,
  });
}
