/**
 * One bus, many readers over server-sent events:
 *
 *   open -> limits -> replay after Last-Event-ID -> live -> closed by the client, or for lifetime, slowness, credential, shutdown
 *
 * A reader has no queue of its own but a position in the bus, and gets more only when it reads. A thousand idle or stalled
 * readers hold a few KiB each; one that is too far behind gets a notice and is closed.
 */
import type { ActiveCredentials } from '../../access/active-credentials.ts';
import type { Principal } from '../../access/principal.ts';
import { repeat, systemClock, type Clock } from '../../foundation/clock.ts';
import { Disposables } from '../../foundation/disposables.ts';
import { problem, problemResponse } from '../../foundation/problem-details.ts';
import type { EventFeed } from './event-bus.ts';
import { EventReader, type EventFilter } from './event-reader.ts';
import type { ServerEvent } from './server-events.ts';
import { HEARTBEAT_FRAME, eventFrame, type StreamNotice } from './sse-frame.ts';

export interface EventStreamsOptions {
  readonly bus: EventFeed;
  /** Open streams of one principal. @default 8 */
  readonly maxPerPrincipal?: number;
  /** Open streams in all. @default 100 */
  readonly maxTotal?: number;
  /** Milliseconds between heartbeats; a reader that reads nothing between two of them counts as slow. @default 15000 */
  readonly heartbeatMs?: number;
  /** Milliseconds after which a stream is closed. @default 3600000 */
  readonly maxLifetimeMs?: number;
  /** Streams are closed when the credential that opened them is revoked or changed. */
  readonly callers: ActiveCredentials;
  /** @default systemClock */
  readonly clock?: Clock;
}

export interface OpenStreamOptions {
  readonly principal: Principal;
  /** The `Last-Event-ID` header. */
  readonly lastEventId?: string | undefined;
  /** Which events the reader receives. @default all */
  readonly filter?: EventFilter;
}

type CloseReason = Extract<StreamNotice, { type: 'stream.closed' }>['reason'];

export class EventStreams implements Disposable {
  readonly #bus: EventFeed;
  readonly #maxPerPrincipal: number;
  readonly #maxTotal: number;
  readonly #heartbeatMs: number;
  readonly #maxLifetimeMs: number;
  readonly #clock: Clock;
  readonly #open = new Set<EventReader>();
  // Closed with a notice that the client has not read yet.
  readonly #closing = new Set<EventReader>();
  readonly #subscriptions = new Disposables();
  readonly #callers: ActiveCredentials;
  #heartbeat: Disposable | undefined;
  #closed = false;

  constructor(options: EventStreamsOptions) {
    this.#bus = options.bus;
    this.#maxPerPrincipal = options.maxPerPrincipal ?? 8;
    this.#maxTotal = options.maxTotal ?? 100;
    this.#heartbeatMs = options.heartbeatMs ?? 15_000;
    this.#maxLifetimeMs = options.maxLifetimeMs ?? 3_600_000;
    this.#clock = options.clock ?? systemClock;
    this.#callers = options.callers;
    this.#subscriptions.use(this.#bus.subscribe((event) => this.#deliver(event)));
    const gaps = this.#bus.onGap?.(() => this.#skipGap());
    if (gaps) this.#subscriptions.use(gaps);
    this.#subscriptions.use(this.#callers.onChanged(() => this.#endRevoked()));
  }

  /** Open streams. */
  get size(): number {
    return this.#open.size;
  }

  /** 200 with the stream; 429 when this caller has too many open; 503 when the server has, or is stopping. */
  open({ principal, lastEventId, filter }: OpenStreamOptions): Response {
    const rejection = this.#rejection(principal.name);
    if (rejection !== undefined) return rejection;
    const reader = new EventReader({
      bus: this.#bus,
      principal,
      lastEventId,
      filter,
      openedAtMs: this.#clock.monotonicMs(),
      onSlow: () => this.#end(reader, 'slow_reader'),
      onClosed: () => this.#forget(reader),
    });
    this.#open.add(reader);
    // The credential may have been revoked since the request was authenticated.
    if (!this.#callers.has(principal)) this.#endRevoked();
    this.#heartbeat ??= repeat(this.#clock, this.#heartbeatMs, () => this.#tick());
    return new Response(reader.stream, {
      headers: {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-accel-buffering': 'no',
        // When a server that stops ends the stream, a proxy must not send the next request behind it.
        connection: 'close',
      },
    });
  }

  /** Closes every stream with a notice and opens no more. Leaves no timer. */
  [Symbol.dispose](): void {
    this.#closed = true;
    this.#subscriptions[Symbol.dispose]();
    for (const reader of this.#open) reader.end({ type: 'stream.closed', reason: 'shutdown' });
    this.#open.clear();
    this.#closing.clear();
    this.#stopHeartbeatWhenIdle();
  }

  #rejection(principal: string): Response | undefined {
    if (this.#closed) {
      return problemResponse(problem(503, 'stopping', 'The server is stopping and opens no more event streams.'));
    }
    if (this.#open.size >= this.#maxTotal) {
      const detail = `All ${this.#maxTotal} event streams of the server are in use.`;
      return problemResponse(problem(503, 'too_many_streams', detail, { retryAfterMs: this.#heartbeatMs }));
    }
    const own = [...this.#open].filter((reader) => reader.principal.name === principal).length;
    if (own < this.#maxPerPrincipal) return undefined;
    return problemResponse(
      problem(429, 'too_many_streams', `A caller may have ${this.#maxPerPrincipal} event streams open at a time.`, {
        suggestion: 'Close a stream that is no longer needed.',
        retryAfterMs: this.#heartbeatMs,
      }),
    );
  }

  #deliver(event: ServerEvent): void {
    if (this.#open.size === 0) return;
    const frame = eventFrame(event);
    for (const reader of this.#open) reader.offer(event, frame);
  }

  #skipGap(): void {
    for (const reader of this.#open) reader.skipGap();
  }

  #tick(): void {
    // They had a whole heartbeat interval to read the notice.
    for (const reader of this.#closing) reader.abandon();
    this.#closing.clear();
    // A token expires without a notification.
    this.#endRevoked();
    const nowMs = this.#clock.monotonicMs();
    for (const reader of this.#open) {
      if (reader.isStalled()) this.#end(reader, 'slow_reader');
      else if (nowMs - reader.openedAtMs >= this.#maxLifetimeMs) this.#end(reader, 'lifetime');
      else reader.push(HEARTBEAT_FRAME);
    }
    this.#stopHeartbeatWhenIdle();
  }

  /** Immediately, also for a stalled reader: what is buffered must not reach a revoked credential. */
  #endRevoked(): void {
    for (const reader of this.#open) {
      if (this.#callers.has(reader.principal)) continue;
      this.#open.delete(reader);
      this.#closing.add(reader);
      reader.terminate({ type: 'stream.closed', reason: 'credential' });
    }
  }

  #end(reader: EventReader, reason: CloseReason): void {
    if (!this.#open.delete(reader)) return;
    this.#closing.add(reader);
    reader.end({ type: 'stream.closed', reason });
  }

  #forget(reader: EventReader): void {
    this.#open.delete(reader);
    this.#closing.delete(reader);
    this.#stopHeartbeatWhenIdle();
  }

  #stopHeartbeatWhenIdle(): void {
    if (this.#open.size + this.#closing.size > 0) return;
    this.#heartbeat?.[Symbol.dispose]();
    this.#heartbeat = undefined;
  }
}
