/** The only importer of ioredis; loaded when `cluster.url` is set. */
import { Redis, type RedisOptions } from 'ioredis';

import { END_SESSION, PRESENCE, SET_ENTRY, TAKE } from './redis-scripts.ts';

type Options = RedisOptions & { replyMapping?: 'legacy' };

type Script = (...args: readonly (string | number)[]) => Promise<unknown>;

export interface RedisConnection {
  readonly redis: Redis;
  readonly presence: Script;
  readonly take: Script;
  readonly setEntry: Script;
  readonly endSession: Script;
}

const CONNECT_TIMEOUT_MS = 2000;
const MAX_RETRY_MS = 500;

/** Every command fails at once without a connection: a queue would answer long after its caller has gone. */
function options(more: Options): Options {
  return {
    lazyConnect: true,
    protocol: 2,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (times) => Math.min(MAX_RETRY_MS, 25 * 2 ** Math.min(times, 6)) * (0.5 + Math.random()),
    ...more,
  };
}

/** @param timeoutMs deadline of every command */
export function openCommands(url: string, timeoutMs: number): RedisConnection {
  const scripts = {
    presence: { lua: PRESENCE, numberOfKeys: 5 },
    take: { lua: TAKE, numberOfKeys: 1 },
    setEntry: { lua: SET_ENTRY, numberOfKeys: 3 },
    endSession: { lua: END_SESSION, numberOfKeys: 2 },
  };
  const redis = connecting(url, options({ commandTimeout: timeoutMs, scripts }));
  const script = (name: keyof typeof scripts): Script => {
    const run = (redis as unknown as Record<string, Script>)[name];
    return (...args) => (run ? run.apply(redis, [...args]) : Promise.reject(new TypeError(name)));
  };
  return {
    redis,
    presence: script('presence'),
    take: script('take'),
    setEntry: script('setEntry'),
    endSession: script('endSession'),
  };
}

/** A connection of its own for reads that wait: a command behind one would wait as well. */
export function openReader(url: string): Redis {
  return connecting(url, options({}));
}

function connecting(url: string, given: Options): Redis {
  const redis = new Redis(url, given);
  // The commands report it.
  redis.on('error', () => {});
  redis.connect().catch(() => {});
  return redis;
}
