import type { Principal } from '../../access/principal.ts';
import type { EventBus } from './event-bus.ts';
import type { ServerEvent } from './server-events.ts';
import { eventFrame, noticeFrame, openingFrame, type StreamNotice } from './sse-frame.ts';

export type EventFilter = (event: ServerEvent) => boolean;

export interface EventReaderOptions {
  readonly bus: EventBus;
  readonly principal: Principal;
  readonly lastEventId: string | undefined;
  readonly filter: EventFilter | undefined;
  /** Monotonic milliseconds. */
  readonly openedAt: number;
  /** The reader fell out of the bus's ring. */
  readonly onSlow: () => void;
  /** The other end closed the stream. */
  readonly onGone: () => void;
}

/** Bytes handed out ahead of the reader; everything else waits in the bus. */
const READ_AHEAD_BYTES = 16 * 1024;
/** Events copied from the bus at a time: about what fits the read-ahead. */
const EVENTS_AT_ONCE = 100;
const RETRY_MS = 3000;

/** One reader's place in the events, as a stream of bytes. */
export class EventReader {
  readonly principal: Principal;
  readonly openedAt: number;
  readonly stream: ReadableStream<Uint8Array>;
  readonly #options: EventReaderOptions;
  // Set before the constructor returns: `start` runs at once.
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  /** The last event that was sent or that the filter left out. */
  #place: string;
  #stoodStill = false;

  constructor(options: EventReaderOptions) {
    this.#options = options;
    this.principal = options.principal;
    this.openedAt = options.openedAt;
    const { bus, lastEventId } = options;
    const known = lastEventId !== undefined && bus.eventsAfter(lastEventId, 0) !== undefined;
    this.#place = known ? lastEventId : bus.latestId;
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#catchUp(),
        cancel: () => options.onGone(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: READ_AHEAD_BYTES }),
    );
    this.#controller.enqueue(openingFrame(this.#place, RETRY_MS));
    if (lastEventId !== undefined && !known) this.#controller.enqueue(noticeFrame({ type: 'stream.gap' }));
  }

  /** A new event. Sent at once to a reader that has seen all before it; one that is behind comes to it when it asks. */
  offer(event: ServerEvent, frame: Uint8Array): void {
    const behind = this.#options.bus.eventsAfter(this.#place, 2);
    if (behind === undefined) return this.#options.onSlow();
    if (behind.length > 1 || !this.#hasRoom()) return;
    this.#send(event, frame);
  }

  push(frame: Uint8Array): void {
    if (this.#hasRoom()) this.#controller.enqueue(frame);
  }

  /** True when the reader has taken nothing since the last time this was asked, though something waits for it. */
  standsStill(): boolean {
    const before = this.#stoodStill;
    this.#stoodStill = !this.#hasRoom();
    return before && this.#stoodStill;
  }

  /** The last word, behind what is still unread. */
  end(notice: StreamNotice): void {
    this.#controller.enqueue(noticeFrame(notice));
    this.#controller.close();
  }

  /** Ends the stream where it is: with the last word if everything before it was read, else without. */
  cut(notice: StreamNotice): void {
    if (this.#hasRoom()) this.end(notice);
    else this.abandon();
  }

  /** Gives up what is still unread after {@link end}; nothing if all was read. */
  abandon(): void {
    const error = new Error('The reader of an event stream did not take its last word; its connection is closed.');
    // The HTTP layer prints what it is given; where this was thrown tells an operator nothing.
    error.stack = error.message;
    this.#controller.error(error);
  }

  #hasRoom(): boolean {
    return (this.#controller.desiredSize ?? 0) > 0;
  }

  #send(event: ServerEvent, frame: Uint8Array): void {
    this.#place = event.id;
    if (this.#options.filter?.(event) ?? true) this.#controller.enqueue(frame);
  }

  // A stream asks again only after something was put in, so this must not return empty-handed while events wait.
  #catchUp(): void {
    this.#stoodStill = false;
    for (;;) {
      const events = this.#options.bus.eventsAfter(this.#place, EVENTS_AT_ONCE);
      if (events === undefined) return this.#options.onSlow();
      for (const event of events) {
        if (!this.#hasRoom()) return;
        this.#send(event, eventFrame(event));
      }
      if (events.length < EVENTS_AT_ONCE) return;
    }
  }
}
