/**
 * One bus, many readers over server-sent events:
 *
 *   open -> cap -> replay after Last-Event-ID -> live -> closed by the reader, its lifetime, its slowness, its credential, or shutdown
 *
 * A reader has no queue of its own but a place in the bus's ring, and is given more only when it asks; so a thousand idle or
 * stuck readers hold a few KiB each, and one that falls out of the ring is told so and dropped.
 */
import type { ActiveCredentials } from '../../access/active-credentials.ts';
import type { Principal } from '../../access/principal.ts';
import { Disposables } from '../../disposables.ts';
import { problem, problemResponse } from '../../problem-details.ts';
import type { EventBus } from './event-bus.ts';
import { EventReader, type EventFilter } from './event-reader.ts';
import type { ServerEvent } from './server-events.ts';
import { systemTicks, type TickSource } from './tick-source.ts';
import { HEARTBEAT_FRAME, eventFrame, type StreamNotice } from './sse-frame.ts';

export interface EventStreamsOptions {
  readonly bus: EventBus;
  /** Open streams of one principal. @default 8 */
  readonly maxPerPrincipal?: number;
  /** Open streams in all. @default 100 */
  readonly maxTotal?: number;
  /** Milliseconds between heartbeats; also how long a stream may stand still before its reader counts as slow. @default 15000 */
  readonly heartbeatMs?: number;
  /** Milliseconds after which a stream is ended, so that a withdrawn credential does not read on. @default 3600000 */
  readonly maxLifetimeMs?: number;
  /** Whose streams end as soon as their credential changes or goes. */
  readonly callers: ActiveCredentials;
  /** @default the machine's clock and setInterval */
  readonly time?: TickSource;
}

export interface OpenStreamOptions {
  readonly principal: Principal;
  /** The `Last-Event-ID` header. */
  readonly lastEventId?: string | undefined;
  /** Events this reader may and wants to see. @default all */
  readonly filter?: EventFilter;
}

type CloseReason = Extract<StreamNotice, { type: 'stream.closed' }>['reason'];

export class EventStreams implements Disposable {
  readonly #bus: EventBus;
  readonly #maxPerPrincipal: number;
  readonly #maxTotal: number;
  readonly #heartbeatMs: number;
  readonly #maxLifetimeMs: number;
  readonly #time: TickSource;
  readonly #live = new Set<EventReader>();
  // Told to go, but what they were told is not read yet.
  readonly #leaving = new Set<EventReader>();
  readonly #subscriptions = new Disposables();
  readonly #callers: ActiveCredentials;
  #ticks: Disposable | undefined;
  #closed = false;

  constructor(options: EventStreamsOptions) {
    this.#bus = options.bus;
    this.#maxPerPrincipal = options.maxPerPrincipal ?? 8;
    this.#maxTotal = options.maxTotal ?? 100;
    this.#heartbeatMs = options.heartbeatMs ?? 15_000;
    this.#maxLifetimeMs = options.maxLifetimeMs ?? 3_600_000;
    this.#time = options.time ?? systemTicks;
    this.#callers = options.callers;
    this.#subscriptions.use(this.#bus.subscribe((event) => this.#deliver(event)));
    this.#subscriptions.use(this.#callers.onChanged(() => this.#endWithdrawn()));
  }

  /** Open streams. */
  get size(): number {
    return this.#live.size;
  }

  /** 200 with the stream; 429 when this principal has too many open, 503 when all do or the server is stopping. */
  open({ principal, lastEventId, filter }: OpenStreamOptions): Response {
    const refusal = this.#refusal(principal.name);
    if (refusal !== undefined) return refusal;
    const reader = new EventReader({
      bus: this.#bus,
      principal,
      lastEventId,
      filter,
      openedAt: this.#time.now(),
      onSlow: () => this.#end(reader, 'slow_reader'),
      onGone: () => this.#forget(reader),
    });
    this.#live.add(reader);
    // The credential may have gone since the request was let in.
    if (!this.#callers.has(principal)) this.#endWithdrawn();
    this.#ticks ??= this.#time.every(this.#heartbeatMs, () => this.#tick());
    return new Response(reader.stream, {
      headers: {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-accel-buffering': 'no',
      },
    });
  }

  /** Tells every reader that the server stops, ends the streams and opens no more. Leaves no timer. */
  [Symbol.dispose](): void {
    this.#closed = true;
    this.#subscriptions[Symbol.dispose]();
    for (const reader of this.#live) reader.end({ type: 'stream.closed', reason: 'shutdown' });
    this.#live.clear();
    this.#leaving.clear();
    this.#stopTicksWhenIdle();
  }

  #refusal(principal: string): Response | undefined {
    if (this.#closed) {
      return problemResponse(problem(503, 'stopping', 'The server is stopping and opens no more event streams.'));
    }
    if (this.#live.size >= this.#maxTotal) {
      const detail = `The server has its ${this.#maxTotal} event streams open already.`;
      return problemResponse(problem(503, 'too_many_streams', detail, { retryAfterMs: this.#heartbeatMs }));
    }
    const own = [...this.#live].filter((reader) => reader.principal.name === principal).length;
    if (own < this.#maxPerPrincipal) return undefined;
    return problemResponse(
      problem(429, 'too_many_streams', `A caller may have ${this.#maxPerPrincipal} event streams open at a time.`, {
        suggestion: 'Close one that is no longer read, or share one between several readers.',
        retryAfterMs: this.#heartbeatMs,
      }),
    );
  }

  #deliver(event: ServerEvent): void {
    if (this.#live.size === 0) return;
    const frame = eventFrame(event);
    for (const reader of this.#live) reader.offer(event, frame);
  }

  #tick(): void {
    // They had a whole heartbeat to read the last word; what is left unread goes, and the connection with it.
    for (const reader of this.#leaving) reader.abandon();
    this.#leaving.clear();
    const now = this.#time.now();
    for (const reader of this.#live) {
      if (reader.standsStill()) this.#end(reader, 'slow_reader');
      else if (now - reader.openedAt >= this.#maxLifetimeMs) this.#end(reader, 'lifetime');
      else reader.push(HEARTBEAT_FRAME);
    }
    this.#stopTicksWhenIdle();
  }

  /** At once, also for a reader that does not read: what waits for it is not for it any more. */
  #endWithdrawn(): void {
    for (const reader of this.#live) {
      if (this.#callers.has(reader.principal)) continue;
      this.#live.delete(reader);
      this.#leaving.add(reader);
      reader.cut({ type: 'stream.closed', reason: 'credential' });
    }
  }

  #end(reader: EventReader, reason: CloseReason): void {
    if (!this.#live.delete(reader)) return;
    this.#leaving.add(reader);
    reader.end({ type: 'stream.closed', reason });
  }

  #forget(reader: EventReader): void {
    this.#live.delete(reader);
    this.#leaving.delete(reader);
    this.#stopTicksWhenIdle();
  }

  #stopTicksWhenIdle(): void {
    if (this.#live.size + this.#leaving.size > 0) return;
    this.#ticks?.[Symbol.dispose]();
    this.#ticks = undefined;
  }
}
