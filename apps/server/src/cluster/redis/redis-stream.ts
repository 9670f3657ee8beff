/**
 * Follows the stream in which everything that happens in the cluster has one order: events, changed entries, sessions; and a second
 * one, the inbox, with what other servers send to this one alone. Reading goes on from the last position after a lost connection, so
 * nothing is missed that the stream still holds.
 */
import type { Redis } from 'ioredis';

import { systemClock, type Clock } from '../../foundation/clock.ts';
import { setDeadline } from '../../foundation/deadline.ts';
import { TABLES, type EngineListener, type Entry, type TableName } from '../engine.ts';

/** One entry of the stream as the engine returns it. */
export type StreamItem = [id: string, fields: string[]];

export interface RedisStreamOptions {
  readonly redis: Redis;
  readonly key: string;
  readonly inbox: string;
  readonly listener: EngineListener;
  /** Ids of events begin with it: those of an engine that has lost its data match no other. */
  readonly epoch: string;
  readonly onWatched: () => void;
  readonly clock?: Clock;
}

const BLOCK_MS = 1000;
/** A read that takes longer is on a connection that died without a word. */
const STALLED_MS = 2500;
const RETRY_MS = 100;
const ITEMS_PER_READ = 500;
/** How much a server that joins reads of what happened before. */
const JOIN_ITEMS = 1000;
/** About how much the stream holds. */
export const STREAM_ITEMS = 10_000;

export class RedisStream implements Disposable {
  readonly #options: RedisStreamOptions;
  readonly #clock: Clock;
  #position: string;
  #inboxPosition = '0-0';
  #disposed = false;
  #lastReadMs: number;

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

  /** The epoch must match: otherwise the position means nothing. */
  get epoch(): string {
    return this.#options.epoch;
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
  }

  async #follow(): Promise<void> {
    const { redis, key, inbox } = this.#options;
    let mayHaveGap = false;
    while (!this.#disposed) {
      const stalled = setDeadline(this.#clock, STALLED_MS, () => redis.disconnect(true));
      try {
        if (mayHaveGap) await this.#checkGap();
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
      } catch {
        mayHaveGap = true;
        await new Promise<void>((resolve) => void this.#clock.setTimer(RETRY_MS, resolve));
      } finally {
        stalled[Symbol.dispose]();
      }
    }
  }

  async #checkGap(): Promise<void> {
    const { redis, key, listener } = this.#options;
    const [first] = (await redis.xrange(key, '-', '+', 'COUNT', 1)) as StreamItem[];
    if (first && this.#position !== '0-0' && isAfter(first[0], this.#position)) listener.onGap();
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

/**
 * What the stream holds, oldest first.
 *
 * @throws {Error} also when this user may not follow the stream, which would otherwise fail without anybody waiting for it
 */
export async function latestItems(redis: Redis, key: string): Promise<StreamItem[]> {
  await redis.xread('COUNT', 1, 'STREAMS', key, '$');
  const latest = await redis.xrevrange(key, '+', '-', 'COUNT', JOIN_ITEMS);
  return (latest as StreamItem[]).toReversed();
}

/** Passes on what a server that joins is too late for: events of before. The rest was for those who ran then, or is in the tables. */
export function deliverEvents(items: readonly StreamItem[], options: Parameters<typeof deliverItem>[1]): void {
  for (const item of items) {
    if (['event', 'gap'].includes(item[1][1] ?? '')) deliverItem(item, options);
  }
}

/** Passes one item of the stream on. */
export function deliverItem(
  [id, fields]: StreamItem,
  { listener, epoch, onWatched }: Pick<RedisStreamOptions, 'listener' | 'epoch' | 'onWatched'>,
): void {
  const item = new Map<string, string>();
  for (let at = 0; at + 1 < fields.length; at += 2) item.set(fields[at] ?? '', fields[at + 1] ?? '');
  const data = item.get('data') ?? '';
  switch (item.get('kind')) {
    case 'event':
      return listener.onEvent(`${epoch}-${id}`, data);
    case 'gap':
      return listener.onGap();
    case 'opening':
      return listener.onOpening?.(data);
    case 'entry': {
      const table = item.get('table');
      if (isTable(table)) listener.onEntry(table, item.get('name') ?? '', readEntry(data));
      return;
    }
    case 'session':
      return listener.onSessionEnded(data);
    case 'session-field':
      return listener.onSessionField(data, item.get('field') ?? '', item.get('value') ?? '');
    case 'message':
      return listener.onSessionMessage(data, item.get('value') ?? '');
    case 'watch':
      return onWatched();
    case undefined:
    default:
    // Of a newer version of this server.
  }
}

/** @param text `version:value` */
export function readEntry(text: string): Entry {
  const colon = text.indexOf(':');
  return { version: Number(text.slice(0, colon)), value: text.slice(colon + 1) };
}

function isTable(name: string | undefined): name is TableName {
  return TABLES.some((table) => table === name);
}

function isAfter(one: string, other: string): boolean {
  const [ms = 0, sequence = 0] = one.split('-').map(Number);
  const [otherMs = 0, otherSequence = 0] = other.split('-').map(Number);
  return ms === otherMs ? sequence > otherSequence : ms > otherMs;
}
