/**
 * Follows the stream in which everything that happens in the cluster has one order: events, changed entries, sessions; and a second
 * one, the inbox, with what other servers send to this one alone. Reading goes on from the last position after a lost connection, so
 * nothing is missed that the stream still holds.
 */
import type { Redis } from 'ioredis';

import { systemClock, type Clock } from '../../foundation/clock.ts';
import { setDeadline } from '../../foundation/deadline.ts';
import { isAnswer, NOT_FOLLOWING } from './join-errors.ts';
import { deliverItem, isAfter, type Delivery, type StreamItem } from './stream-items.ts';

export interface RedisStreamOptions extends Delivery {
  readonly redis: Redis;
  readonly epochKey: string;
  readonly key: string;
  readonly inbox: string;
  readonly clock?: Clock;
}

const BLOCK_MS = 1000;
/** A read that takes longer is on a connection that died without a word. */
const STALLED_MS = 2500;
const RETRY_MS = 100;
const ITEMS_PER_READ = 500;
/** How long a join waits until changes arrive; no caller waits meanwhile. */
const FOLLOW_MS = 2000;

export class RedisStream implements Disposable {
  readonly #options: RedisStreamOptions;
  readonly #clock: Clock;
  #position: string;
  #inboxPosition = '0-0';
  #disposed = false;
  #lastReadMs: number;
  #isFollowing = false;
  #hasLostData = false;
  #followed = Promise.withResolvers<void>();
  #problem: unknown;

  constructor(options: RedisStreamOptions, position: string) {
    this.#options = options;
    this.#position = position;
    this.#clock = options.clock ?? systemClock;
    this.#lastReadMs = this.#clock.monotonicMs();
    void this.#follow();
  }

  /** Milliseconds since the last answer of the engine; up to a second is usual. */
  get silentMs(): number {
    return this.#clock.monotonicMs() - this.#lastReadMs;
  }

  /** Of the last item that was read. */
  get position(): string {
    return this.#position;
  }

  /** The epoch must match: otherwise the position means nothing. */
  get epoch(): string {
    return this.#options.epoch;
  }

  /** The engine came back without what it held last: it has read an older file, or is a replica that was behind. Nothing is followed any more. */
  get hasLostData(): boolean {
    return this.#hasLostData;
  }

  /** Resolves as soon as changes arrive; rejects with the reason where they do not. */
  async arrives(): Promise<void> {
    const late = Promise.withResolvers<never>();
    using _ = setDeadline(this.#clock, FOLLOW_MS, () =>
      late.reject(isAnswer(this.#problem) ? this.#problem : Object.assign(new Error(), { code: NOT_FOLLOWING })),
    );
    await Promise.race([this.#followed.promise, late.promise]);
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
  }

  async #follow(): Promise<void> {
    const { redis, key, inbox } = this.#options;
    // Asked first as well: it is answered at once, unlike a read that waits.
    let mayHaveGap = true;
    while (!this.#disposed) {
      const stalled = setDeadline(this.#clock, STALLED_MS, () => redis.disconnect(true));
      try {
        if (mayHaveGap) await this.#checkPosition();
        this.#resume();
        if (this.#hasLostData) return;
        const positions = [this.#position, this.#inboxPosition];
        const reply = await redis.xread(
          'COUNT',
          ITEMS_PER_READ,
          'BLOCK',
          BLOCK_MS,
          'STREAMS',
          key,
          inbox,
          ...positions,
        );
        if (this.#disposed) return;
        this.#lastReadMs = this.#clock.monotonicMs();
        const received = new Map((reply ?? []) as [string, StreamItem[]][]);
        const items = received.get(key) ?? [];
        // A reader that takes a full batch may be so far behind that the stream was trimmed meanwhile.
        mayHaveGap = items.length === ITEMS_PER_READ;
        for (const item of items) this.#deliver(item);
        await this.#empty(received.get(inbox) ?? []);
      } catch (error) {
        mayHaveGap = true;
        this.#interrupt(error);
        await new Promise<void>((resolve) => void this.#clock.setTimer(RETRY_MS, resolve));
      } finally {
        stalled[Symbol.dispose]();
      }
    }
  }

  #resume(): void {
    this.#isFollowing = true;
    this.#lastReadMs = this.#clock.monotonicMs();
    this.#problem = undefined;
    this.#followed.resolve();
  }

  #interrupt(cause: unknown): void {
    // What the engine has said tells more than that its connection is closed since.
    if (isAnswer(cause) || this.#problem === undefined) this.#problem = cause;
    if (this.#isFollowing) this.#followed = Promise.withResolvers<void>();
    this.#isFollowing = false;
  }

  /** Whether the engine is the same as before, and the last item that was read is there; it may have been trimmed, or be lost. */
  async #checkPosition(): Promise<void> {
    const { redis, epochKey, epoch, key, listener } = this.#options;
    const [epochNow, [found], [first]] = (await Promise.all([
      redis.get(epochKey),
      redis.xrange(key, this.#position, this.#position),
      redis.xrange(key, '-', '+', 'COUNT', 1),
    ])) as [string | null, StreamItem[], StreamItem[]];
    const isThere = found !== undefined || this.#position === '0-0';
    const isTrimmed = !isThere && first !== undefined && isAfter(first[0], this.#position);
    this.#hasLostData = epochNow !== epoch || (!isThere && !isTrimmed);
    if (isTrimmed && !this.#hasLostData) listener.onGap();
  }

  /** What clients have answered is not kept. */
  async #empty(messages: readonly StreamItem[]): Promise<void> {
    if (messages.length === 0) return;
    for (const message of messages) {
      this.#inboxPosition = message[0];
      deliverItem(message, this.#options);
    }
    await this.#options.redis.xdel(this.#options.inbox, ...messages.map(([id]) => id));
  }

  #deliver([id, fields]: StreamItem): void {
    this.#position = id;
    deliverItem([id, fields], this.#options);
  }
}
