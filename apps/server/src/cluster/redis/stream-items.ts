/** What the stream of the cluster holds: events, changed entries, sessions, messages. */
import type { Redis } from 'ioredis';

import { TABLES, type EngineListener, type Entry, type TableName } from '../engine.ts';

/** One entry of the stream as the engine returns it. */
export type StreamItem = [id: string, fields: string[]];

/** Where what is read goes. */
export interface Delivery {
  readonly listener: EngineListener;
  /** Ids of events begin with it: those of an engine that has lost its data match no other. */
  readonly epoch: string;
  readonly onWatched: () => void;
}

/** How much a server that joins reads of what happened before. */
const JOIN_ITEMS = 1000;
/** About how much the stream holds. */
export const STREAM_ITEMS = 10_000;

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
export function deliverEvents(items: readonly StreamItem[], delivery: Delivery): void {
  for (const item of items) {
    if (['event', 'gap'].includes(item[1][1] ?? '')) deliverItem(item, delivery);
  }
}

/** Passes one item of the stream on. */
export function deliverItem([id, fields]: StreamItem, { listener, epoch, onWatched }: Delivery): void {
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
      const entry = readEntry(data);
      if (isTable(table) && entry) listener.onEntry(table, item.get('name') ?? '', entry);
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

/** @param text `version:value`; undefined where it is something else, which no server has written */
export function readEntry(text: string): Entry | undefined {
  const [, version, value] = /^(\d{1,15}):(.*)$/su.exec(text) ?? [];
  return version === undefined || value === undefined ? undefined : { version: Number(version), value };
}

function isTable(name: string | undefined): name is TableName {
  return TABLES.some((table) => table === name);
}

export function isAfter(one: string, other: string): boolean {
  const [ms = 0, sequence = 0] = one.split('-').map(Number);
  const [otherMs = 0, otherSequence = 0] = other.split('-').map(Number);
  return ms === otherMs ? sequence > otherSequence : ms > otherMs;
}
