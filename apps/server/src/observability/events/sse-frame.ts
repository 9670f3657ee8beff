import type { ServerEvent } from './server-events.ts';

/** Notices about the stream itself. They have no id, so they do not change the client's Last-Event-ID. */
export type StreamNotice =
  /** Events after the client's Last-Event-ID are no longer kept: it should read the current state again. */
  | { readonly type: 'stream.gap' }
  /** The stream ends, and why. After `slow_reader`, events are lost unless the client reconnects in time. */
  | { readonly type: 'stream.closed'; readonly reason: 'slow_reader' | 'lifetime' | 'credential' | 'shutdown' };

const encoder = new TextEncoder();

/** One frame of the event stream format (WHATWG HTML, section 9.2.6). JSON has no line break, so it fits one `data` line. */
export function eventFrame(event: ServerEvent): Uint8Array {
  const data = JSON.stringify({ at: event.at, ...event.data });
  return encoder.encode(`id: ${event.id}\nevent: ${event.type}\ndata: ${data}\n\n`);
}

export function noticeFrame({ type, ...data }: StreamNotice): Uint8Array {
  return encoder.encode(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
}

/**
 * Sets the reconnection time, and the id to reconnect with if no event arrives. It is an event because common parsers drop an
 * id without data.
 */
export function openingFrame(lastEventId: string, retryMs: number): Uint8Array {
  return encoder.encode(`retry: ${retryMs}\nid: ${lastEventId}\nevent: stream.opened\ndata: {}\n\n`);
}

/** A comment line: keeps proxies from closing an idle connection, and detects a closed one. */
export const HEARTBEAT_FRAME: Uint8Array = encoder.encode(': heartbeat\n\n');
