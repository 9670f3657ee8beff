/** The only importer of ioredis; loaded when `cluster.url` is set. */
import type { Socket } from 'node:net';

import { Redis, type RedisOptions } from 'ioredis';

import type { Clock } from '../../foundation/clock.ts';
import { setDeadline } from '../../foundation/deadline.ts';
import { END_SESSION, PRESENCE, SEND_MESSAGE, SET_ENTRY, SET_SESSION, TAKE } from './redis-scripts.ts';

type Options = RedisOptions & { replyMapping?: 'legacy' };

type Script = (...args: readonly (string | number)[]) => Promise<unknown>;

export interface RedisConnection {
  readonly redis: Redis;
  /** What was wrong with the connection last, since it was opened. */
  readonly problem: () => Error | undefined;
  /** Whether nothing has come over the connection since it was asked before, though it is open. */
  readonly isSilent: () => boolean;
  readonly presence: Script;
  readonly take: Script;
  readonly setEntry: Script;
  readonly endSession: Script;
  readonly setSession: Script;
  readonly sendMessage: Script;
}

const CONNECT_TIMEOUT_MS = 2000;
const MAX_RETRY_MS = 500;

/** Every command fails at once without a connection: a queue would answer long after its caller has gone. */
function options(more: Options): Options {
  return {
    lazyConnect: true,
    protocol: 2,
    enableOfflineQueue: false,
    // It asks for INFO, and prints a text of the library where the user may not. An engine that still loads its data says so by itself.
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (times) => Math.min(MAX_RETRY_MS, 25 * 2 ** Math.min(times, 6)) * (0.5 + Math.random()),
    ...more,
  };
}

/** @param timeoutMs deadline of every command */
export function openCommands(url: string, timeoutMs: number, clock: Clock): RedisConnection {
  const scripts = {
    presence: { lua: PRESENCE, numberOfKeys: 6 },
    take: { lua: TAKE, numberOfKeys: 1 },
    setEntry: { lua: SET_ENTRY, numberOfKeys: 3 },
    endSession: { lua: END_SESSION, numberOfKeys: 3 },
    setSession: { lua: SET_SESSION, numberOfKeys: 2 },
    sendMessage: { lua: SEND_MESSAGE, numberOfKeys: 1 },
  };
  const redis = connecting(new CommandConnection(url, options({ scripts }), { ms: timeoutMs, clock }));
  const script = (name: keyof typeof scripts): Script => {
    const run = (redis as unknown as Record<string, Script>)[name];
    return (...args) => (run ? run.apply(redis, [...args]) : Promise.reject(new TypeError(name)));
  };
  let problem: Error | undefined;
  let bytesRead: number | undefined;
  redis.on('error', (error: Error) => (problem = error));
  redis.on('connect', () => ([problem, bytesRead] = [undefined, undefined]));
  return {
    redis,
    problem: () => problem,
    isSilent() {
      const before = bytesRead;
      bytesRead = (redis.stream as Socket | undefined)?.bytesRead;
      return redis.status === 'ready' && bytesRead !== undefined && bytesRead === before;
    },
    presence: script('presence'),
    take: script('take'),
    setEntry: script('setEntry'),
    endSession: script('endSession'),
    setSession: script('setSession'),
    sendMessage: script('sendMessage'),
  };
}

/** A connection of its own for reads that wait: a command behind one would wait as well. */
export function openReader(url: string): Redis {
  return connecting(new Redis(url, options({})));
}

/** Has a deadline of its own: the one of the library counts a reply that waits unread while the event loop is blocked as missing. */
class CommandConnection extends Redis {
  readonly #deadline: { readonly ms: number; readonly clock: Clock };

  constructor(url: string, given: Options, deadline: { readonly ms: number; readonly clock: Clock }) {
    super(url, given);
    this.#deadline = deadline;
  }

  override sendCommand(...[command, stream]: Parameters<Redis['sendCommand']>): unknown {
    const { ms, clock } = this.#deadline;
    const deadline = setDeadline(clock, ms, () => command.reject(new Error('Command timed out')));
    const over = (): void => deadline[Symbol.dispose]();
    command.promise.then(over, over);
    return super.sendCommand(command, stream);
  }
}

function connecting(redis: Redis): Redis {
  // The commands report it.
  redis.on('error', () => {});
  redis.connect().catch(() => {});
  return redis;
}
