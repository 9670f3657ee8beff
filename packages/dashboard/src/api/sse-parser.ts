/** One event of an event stream. */
export interface StreamMessage {
  /** The last id the stream set; '' before the first. */
  readonly id: string;
  /** 'message' when the stream named none. */
  readonly type: string;
  readonly data: string;
}

/**
 * Reads an event stream (WHATWG HTML section 9.2.6) from chunks of text that may end anywhere. EventSource does the same,
 * but cannot send an Authorization header.
 */
export class SseParser {
  /** What to send as Last-Event-ID; '' before the first id. */
  lastEventId = '';
  /** Milliseconds to wait before coming back, if the stream asked for it. */
  retryMs: number | undefined;
  #rest = '';
  /** The last chunk ended in CR: a LF that follows belongs to it. */
  #afterReturn = false;
  #type = '';
  #data: string[] = [];

  /** @returns the events that this chunk completes */
  push(chunk: string): StreamMessage[] {
    if (chunk === '') return [];
    const text = this.#afterReturn && chunk.startsWith('\n') ? chunk.slice(1) : chunk;
    this.#afterReturn = chunk.endsWith('\r');
    const lines = (this.#rest + text).split(/\r\n|\n|\r/u);
    this.#rest = lines.pop() ?? '';
    const messages: StreamMessage[] = [];
    for (const line of lines) {
      const message = this.#line(line);
      if (message) messages.push(message);
    }
    return messages;
  }

  #line(line: string): StreamMessage | undefined {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return undefined;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /u, '');
    switch (field) {
      case 'event':
        this.#type = value;
        break;
      case 'data':
        this.#data.push(value);
        break;
      case 'id':
        if (!value.includes('\0')) this.lastEventId = value;
        break;
      case 'retry':
        if (/^[0-9]+$/u.test(value)) this.retryMs = Number(value);
        break;
      default:
    }
    return undefined;
  }

  #dispatch(): StreamMessage | undefined {
    const data = this.#data.join('\n');
    const type = this.#type === '' ? 'message' : this.#type;
    const complete = this.#data.length > 0;
    this.#data = [];
    this.#type = '';
    return complete ? { id: this.lastEventId, type, data } : undefined;
  }
}
