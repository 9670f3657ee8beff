/** Server-sent events of one response. What is bounded is one message, not the stream: streams may be open for days. */
import { createParser } from 'eventsource-parser';

import type { Clock } from '../clock.ts';
import { ConnectionError } from '../connection/connection-error.ts';
import { InflowLimit } from '../connection/inflow-limit.ts';

export interface EventReaderOptions {
  /** Of one event. */
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly onData: (data: string) => void;
  readonly onId: (id: string) => void;
  /** The wait that the upstream asks for before the stream is reopened, in milliseconds. */
  readonly onRetry: (retryMs: number) => void;
}

const FIRST_BYTES = 16_384;

/**
 * Reads a stream to its end.
 * @throws {ConnectionError} `too_large`
 */
export async function readEvents(body: AsyncIterable<Uint8Array>, options: EventReaderOptions): Promise<void> {
  const { maxBytes, clock, onData, onId, onRetry } = options;
  const decoder = new TextDecoder();
  const inflow = new InflowLimit(clock);
  const parser = createParser({
    // In characters, of which no text has more than bytes.
    maxBufferSize: maxBytes,
    onEvent: ({ id, data, event = 'message' }) => {
      inflow.add(0);
      if (id) onId(id);
      if (data !== '' && event === 'message') onData(data);
    },
    onComment: () => inflow.add(0),
    onRetry: (retryMs) => {
      inflow.add(0);
      onRetry(retryMs);
    },
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') throw tooLarge(maxBytes);
    },
  });
  const toLineFeeds = lineFeeds();
  for await (const chunk of body) {
    inflow.add(chunk.length);
    parser.feed(toLineFeeds(decoder.decode(chunk, { stream: true })));
  }
}

/**
 * CR, LF and CRLF each end a line, also where a chunk ends between the last two. The parser would wait after a CR for what comes next,
 * and after the last one for ever.
 */
function lineFeeds(): (text: string) => string {
  let endedWithReturn = false;
  return (text) => {
    if (text === '') return text;
    const rest = endedWithReturn && text.startsWith('\n') ? text.slice(1) : text;
    endedWithReturn = text.endsWith('\r');
    return rest.includes('\r') ? rest.replaceAll(/\r\n?/gu, '\n') : rest;
  };
}

/**
 * A whole body as text, without a mark of byte order.
 * @throws {ConnectionError} `too_large`
 */
export async function readBody(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  // Copied together: a body may come in chunks of one byte, each of which would be an object.
  let bytes = Buffer.allocUnsafe(FIRST_BYTES);
  let length = 0;
  for await (const chunk of body) {
    const needed = length + chunk.length;
    if (needed > maxBytes) throw tooLarge(maxBytes);
    if (needed > bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, bytes.length * 2));
      bytes.copy(larger, 0, 0, length);
      bytes = larger;
    }
    bytes.set(chunk, length);
    length = needed;
  }
  const text = bytes.toString('utf8', 0, length);
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function tooLarge(maxBytes: number): ConnectionError {
  return new ConnectionError('too_large', `The upstream sent a message of more than ${maxBytes} bytes.`, {
    mayHaveRun: true,
  });
}
