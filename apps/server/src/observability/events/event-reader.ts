import type { Principal } from '../../access/principal.ts';
import type { EventFeed } from './event-bus.ts';
import type { ServerEvent } from './server-events.ts';
import { eventFrame, noticeFrame, openingFrame, type StreamNotice } from './sse-frame.ts';

export type EventFilter = (event: ServerEvent) => boolean;

export interface EventReaderOptions {
  readonly bus: EventFeed;
  readonly principal: Principal;
  readonly lastEventId: string | undefined;
  readonly filter: EventFilter | undefined;
  /** Monotonic milliseconds. */
  readonly openedAtMs: number;
  /** The reader is further behind than the bus keeps events. */
  readonly onSlow: () => void;
  /** The client closed the stream. */
  readonly onClosed: () => void;
}

/** Bytes buffered for one reader; later events stay in the bus. */
const BUFFER_BYTES = 16 * 1024;
/** Events copied from the bus at a time: about as many as the buffer holds. */
const EVENTS_PER_READ = 100;
const RETRY_MS = 3000;

/** The position of one reader in the events, and its byte stream. */
export class EventReader {
  readonly principal: Principal;
  readonly openedAtMs: number;
  readonly stream: ReadableStream<Uint8Array>;
  readonly #options: EventReaderOptions;
  // Set before the constructor returns: the stream calls `start` synchronously.
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  /** Id of the last event that was sent or filtered out. */
  #position: string;
  #wasFull = false;

  constructor(options: EventReaderOptions) {
    this.#options = options;
    this.principal = options.principal;
    this.openedAtMs = options.openedAtMs;
    const { bus, lastEventId } = options;
    const known = lastEventId !== undefined && bus.eventsAfter(lastEventId, 0) !== undefined;
    this.#position = known ? lastEventId : bus.latestId;
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#catchUp(),
        cancel: () => options.onClosed(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: BUFFER_BYTES }),
    );
    this.#controller.enqueue(openingFrame(this.#position, RETRY_MS));
    if (lastEventId !== undefined && !known) this.#controller.enqueue(noticeFrame({ type: 'stream.gap' }));
  }

  /** Sends a new event at once if the reader has all before it; a reader that is behind gets it when it reads on. */
  offer(event: ServerEvent, frame: Uint8Array): void {
    const behind = this.#options.bus.eventsAfter(this.#position, 2);
    if (behind === undefined) return this.#options.onSlow();
    if (behind.length > 1 || !this.#hasCapacity()) return;
    this.#send(event, frame);
  }

  /** Goes on after events that cannot be had any more, and says so. */
  skipGap(): void {
    this.#position = this.#options.bus.latestId;
    this.push(noticeFrame({ type: 'stream.gap' }));
  }

  push(frame: Uint8Array): void {
    if (this.#hasCapacity()) this.#controller.enqueue(frame);
  }

  /** True when the buffer was full at the previous call and has been full since. */
  isStalled(): boolean {
    const before = this.#wasFull;
    this.#wasFull = !this.#hasCapacity();
    return before && this.#wasFull;
  }

  /** Closes the stream with a notice, after what is still buffered. */
  end(notice: StreamNotice): void {
    this.#controller.enqueue(noticeFrame(notice));
    this.#controller.close();
  }

  /** Ends the stream now: with the notice if the buffer is empty, else without it and without what is buffered. */
  terminate(notice: StreamNotice): void {
    if (this.#hasCapacity()) this.end(notice);
    else this.abandon();
  }

  /** Errors the stream, dropping what is buffered. No effect when everything was read. */
  abandon(): void {
    const error = new Error('A client did not read its event stream; the connection is closed.');
    // The HTTP layer prints the stack, which would tell an operator nothing.
    error.stack = error.message;
    this.#controller.error(error);
  }

  #hasCapacity(): boolean {
    return (this.#controller.desiredSize ?? 0) > 0;
  }

  #send(event: ServerEvent, frame: Uint8Array): void {
    this.#position = event.id;
    if (this.#options.filter?.(event) ?? true) this.#controller.enqueue(frame);
  }

  // A stream pulls again only after something was enqueued, so this must not return without enqueuing while events remain.
  #catchUp(): void {
    this.#wasFull = false;
    for (;;) {
      const events = this.#options.bus.eventsAfter(this.#position, EVENTS_PER_READ);
      if (events === undefined) return this.#options.onSlow();
      for (const event of events) {
        if (!this.#hasCapacity()) return;
        this.#send(event, eventFrame(event));
      }
      if (events.length < EVENTS_PER_READ) return;
    }
  }
}
