import { createParser, type EventSourceParser } from 'eventsource-parser';

/** One event of an event stream. */
export interface StreamMessage {
  /** The last id the stream set; '' before the first. */
  readonly id: string;
  /** 'message' when the stream named none. */
  readonly type: string;
  readonly data: string;
}

/**
 * Reads an event stream (WHATWG HTML section 9.2.6) from chunks of text that may end anywhere. The browser's EventSource
 * cannot send an Authorization header.
 */
export class SseParser {
  /** What to send as Last-Event-ID; '' before the first id. */
  lastEventId = '';
  /** Milliseconds to wait before connecting again, if the stream asked for it. */
  retryMs: number | undefined;
  readonly #parser: EventSourceParser;
  readonly #messages: StreamMessage[] = [];
  /** The last chunk ended in CR: a LF that follows belongs to it. */
  #afterReturn = false;

  constructor() {
    this.#parser = createParser({
      onEvent: ({ id, event, data }) => {
        if (id !== undefined) this.lastEventId = id;
        this.#messages.push({ id: this.lastEventId, type: event ?? 'message', data });
      },
      onRetry: (ms) => (this.retryMs = ms),
    });
  }

  /** @returns the events that this chunk completes */
  push(chunk: string): StreamMessage[] {
    if (chunk === '') return [];
    const text = this.#afterReturn && chunk.startsWith('\n') ? chunk.slice(1) : chunk;
    this.#afterReturn = chunk.endsWith('\r');
    // The library waits for what follows a CR at the end of a chunk, which may be a while.
    this.#parser.feed(text.replaceAll(/\r\n?/gu, '\n'));
    return this.#messages.splice(0);
  }
}
