import type { ServerEvent } from './server-events.ts';

/** Notices about the stream itself; these have no id, so they do not change the reader's Last-Event-ID. */
export type StreamNotice =
  /** Events between the reader's Last-Event-ID and now are gone: it should fetch the present state anew. */
  | { readonly type: 'stream.gap' }
  /** The stream ends here, and why. After `slow_reader` events were lost unless the reader comes back in time. */
  | { readonly type: 'stream.closed'; readonly reason: 'slow_reader' | 'lifetime' | 'credential' | 'shutdown' };

const encoder = new TextEncoder();

/** Frames of the event stream format (WHATWG HTML section 9.2.6). JSON holds no line break, so each fits one `data` line. */
export function eventFrame(event: ServerEvent): Uint8Array {
  const data = JSON.stringify({ at: event.at, ...event.data });
  return encoder.encode(`id: ${event.id}\nevent: ${event.type}\ndata: ${data}\n\n`);
}

export function noticeFrame({ type, ...data }: StreamNotice): Uint8Array {
  return encoder.encode(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
}

/**
 * Sets how long to wait before reconnecting, and the id to reconnect with even if no event is ever received. It is an event
 * because popular parsers drop an id without data.
 */
export function openingFrame(lastEventId: string, retryMs: number): Uint8Array {
  return encoder.encode(`retry: ${retryMs}\nid: ${lastEventId}\nevent: stream.opened\ndata: {}\n\n`);
}

/** A comment: keeps proxies from closing the connection, and shows when the other end is gone. */
export const HEARTBEAT_FRAME: Uint8Array = encoder.encode(': heartbeat\n\n');
