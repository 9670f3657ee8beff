import type { Redis } from 'ioredis';

import { RedisStream, type RedisStreamOptions } from './redis-stream.ts';
import { deliverEvents, isAfter, latestItems, type StreamItem } from './stream-items.ts';

export interface FollowStreamOptions extends RedisStreamOptions {
  readonly commands: Redis;
  /** What was followed until now, of an engine that has lost data. */
  readonly before: RedisStream | undefined;
}

/** From its end on, after what it holds already: a client may go on here where another server stopped. */
export async function followStream({ commands, before, ...options }: FollowStreamOptions): Promise<RedisStream> {
  const { key, epoch, listener } = options;
  const items = await latestItems(commands, key);
  if (before) {
    before[Symbol.dispose]();
    listener.onGap();
  }
  // What is left of the same stream was delivered before.
  const isNew = ([id]: StreamItem): boolean => before?.epoch !== epoch || isAfter(id, before.position);
  deliverEvents(items.filter(isNew), options);
  return new RedisStream(options, items.at(-1)?.[0] ?? '0-0');
}
