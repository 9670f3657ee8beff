/**
 * The engine in Redis 6.2 or newer, or Valkey:
 *
 *   command -> circuit breaker -> deadline -> engine
 *
 * Three commands in a row that fail or are too late open the circuit breaker. From then on commands reject at once, and once a
 * second this server tries to join again; a caller's command is never the one that probes.
 */
import type { Redis } from 'ioredis';

import { repeat, systemClock, type Clock } from '../clock.ts';
import type { RateLimitDecision, RateLimits } from '../rate-limit/rate-limiter.ts';
import { StartError } from '../start-error.ts';
import {
  TABLES,
  type ClusterEngine,
  type EngineHealth,
  type EngineListener,
  type Entry,
  type TableName,
} from './engine.ts';
import { CommandGate, EngineDownError } from './command-gate.ts';
import { engineHealth, readMemory, type EngineMemory } from './engine-health.ts';
import { EngineState, RETRY_MS } from './engine-state.ts';
import { openCommands, openReader, type RedisConnection } from './redis-connection.ts';
import { redisKeys, type RedisKeys } from './redis-keys.ts';
import { strangers, unreachable } from './join-errors.ts';
import { RedisPresence, type PresenceOptions } from './redis-presence.ts';
import { deliverItem, readEntry, RedisStream, type StreamItem } from './redis-stream.ts';

export interface RedisEngineOptions extends Pick<PresenceOptions, 'replica' | 'seal' | 'opens'> {
  readonly url: string;
  /** Prefix of all keys. */
  readonly name: string;
  /** Deadline of a command. */
  readonly timeoutMs: number;
  /** How long `join` tries. */
  readonly startTimeoutMs: number;
  /** @default systemClock */
  readonly clock?: Clock;
}

const PRESENCE_MS = 5000;
const ENDED_SESSION_MS = 24 * 3_600_000;
/** Items of the stream, and how many of them a server reads when it joins. */
const STREAM_ITEMS = 10_000;
const JOIN_ITEMS = 1000;

export class RedisEngine implements ClusterEngine {
  readonly replica: string;
  readonly #options: RedisEngineOptions;
  readonly #keys: RedisKeys;
  readonly #clock: Clock;
  readonly #commands: RedisConnection;
  readonly #reader: Redis;
  readonly #gate: CommandGate;
  readonly #presence: RedisPresence;
  readonly #state: EngineState;
  #stream: RedisStream | undefined;
  #memory: EngineMemory | undefined;
  #timer: Disposable | undefined;
  #isJoining = false;
  #disposed = false;

  constructor(options: RedisEngineOptions) {
    const { url, name, replica, timeoutMs, clock = systemClock } = options;
    this.#options = options;
    this.replica = replica;
    this.#clock = clock;
    this.#keys = redisKeys(name);
    this.#commands = openCommands(url, timeoutMs);
    this.#reader = openReader(url);
    this.#gate = new CommandGate({ clock, onOpen: (reason) => this.#goDown(reason) });
    this.#state = new EngineState(clock, () => this.#retry());
    const [commands, keys] = [this.#commands, this.#keys];
    this.#presence = new RedisPresence({ ...options, commands, keys, clock, maxStreamItems: STREAM_ITEMS });
  }

  get state(): 'up' | 'down' {
    return this.#state.current;
  }

  get replicas(): number {
    return this.#presence.replicas;
  }

  get watched(): boolean {
    return this.#presence.watched;
  }

  async join(listener: EngineListener): Promise<void> {
    this.#state.listener = listener;
    const endMs = this.#clock.monotonicMs() + this.#options.startTimeoutMs;
    for (;;) {
      try {
        await this.#synchronize();
        break;
      } catch (error) {
        if (error instanceof StartError) throw error;
        if (this.#clock.monotonicMs() >= endMs) throw unreachable();
        await new Promise<void>((resolve) => void setTimeout(resolve, RETRY_MS / 4));
      }
    }
    this.#timer = repeat(this.#clock, PRESENCE_MS, () => void this.#beat());
    const { redis } = this.#commands;
    redis.on('close', () => this.#goDown('the connection was closed'));
    redis.on('ready', () => this.#retry());
  }

  async take(key: string, { requests, windowMs, burst }: Required<RateLimits>): Promise<RateLimitDecision> {
    const intervalUs = Math.ceil((1000 * windowMs) / requests);
    const waitMs = Number(await this.#command(() => this.#commands.take(this.#keys.rate(key), intervalUs, burst)));
    return waitMs === 0 ? { allowed: true, remaining: 0 } : { allowed: false, retryAfterMs: waitMs };
  }

  async set(table: TableName, name: string, value: string, version = 0): Promise<Entry> {
    const keys = [this.#keys.table(table), this.#keys.version(table), this.#keys.events];
    const entry = await this.#command(() =>
      this.#commands.setEntry(...keys, table, name, value, version, STREAM_ITEMS),
    );
    return readEntry(String(entry));
  }

  async append(event: string): Promise<void> {
    await this.#append('kind', 'event', 'data', event);
  }

  async appendGap(): Promise<void> {
    await this.#append('kind', 'gap');
  }

  watch(): void {
    this.#presence.watch();
    if (!this.#presence.watched) void this.#beat();
  }

  async endSession(session: string): Promise<void> {
    const keys = [this.#keys.ended(session), this.#keys.events];
    await this.#command(() => this.#commands.endSession(...keys, session, ENDED_SESSION_MS, STREAM_ITEMS));
  }

  async isSessionEnded(session: string): Promise<boolean> {
    return (await this.#command(() => this.#commands.redis.exists(this.#keys.ended(session)))) === 1;
  }

  health(): EngineHealth {
    return engineHealth({
      up: this.state === 'up',
      failures: this.#gate.failures,
      latencyMs: this.#gate.latencyMs,
      memory: this.#memory,
      clockDifferenceMs: this.#presence.clockDifferenceMs,
      silentMs: this.#stream?.silentMs ?? 0,
      hasStrangers: this.#presence.hasStrangers,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.#timer?.[Symbol.dispose]();
    this.#state.cancelRetry();
    this.#stream?.[Symbol.dispose]();
    if (this.state === 'up') await this.#presence.leave().catch(() => {});
    this.#commands.redis.disconnect();
    this.#reader.disconnect();
  }

  async #append(...fields: string[]): Promise<void> {
    const { redis } = this.#commands;
    await this.#command(() => redis.xadd(this.#keys.events, 'MAXLEN', '~', STREAM_ITEMS, '*', ...fields));
  }

  async #command<T>(run: () => Promise<T>): Promise<T> {
    if (this.state === 'down') throw new EngineDownError('The engine of the cluster does not answer.');
    return this.#gate.run(run);
  }

  #goDown(reason: string): void {
    if (!this.#disposed) this.#state.down(reason);
  }

  #retry(): void {
    this.#state.cancelRetry();
    if (this.state === 'up' || this.#isJoining || this.#disposed) return;
    this.#isJoining = true;
    this.#synchronize()
      .catch(() => {})
      .finally(() => {
        this.#isJoining = false;
        if (this.state === 'down' && !this.#disposed) this.#state.retryLater();
      });
  }

  async #beat(): Promise<void> {
    try {
      const epoch = await this.#command(() => this.#presence.announce());
      if (epoch === this.#stream?.epoch) return;
      this.#goDown('the engine has lost its data');
    } catch {
      // The circuit breaker counts it.
    }
  }

  async #synchronize(): Promise<void> {
    const { redis } = this.#commands;
    const { listener } = this.#state;
    const epoch = await this.#presence.announce();
    if (!listener || this.#disposed) return;
    if (this.#presence.hasStrangers && !this.#stream) {
      await this.#presence.retract().catch(() => {});
      throw strangers(this.#options.name);
    }
    if (this.#stream?.epoch !== epoch) await this.#followStream(epoch, listener);
    const tables = await Promise.all(TABLES.map((table) => redis.hgetall(this.#keys.table(table))));
    this.#memory = readMemory(await redis.info('memory'));
    this.#gate.reset();
    this.#state.up();
    for (const [index, table] of TABLES.entries()) {
      const entries = Object.entries(tables[index] ?? {});
      listener.onTable(table, new Map(entries.map(([name, text]) => [name, readEntry(text)])));
    }
    listener.onState('up');
  }

  /** From its end on, after what it holds already: a client may go on here where another server stopped. */
  async #followStream(epoch: string, listener: EngineListener): Promise<void> {
    const options = { redis: this.#reader, key: this.#keys.events, listener, epoch, clock: this.#clock };
    const onWatched = (): void => {
      this.#presence.watched = true;
    };
    const latest = await this.#commands.redis.xrevrange(options.key, '+', '-', 'COUNT', JOIN_ITEMS);
    const items = (latest as StreamItem[]).toReversed();
    if (this.#stream) {
      this.#stream[Symbol.dispose]();
      listener.onGap();
    }
    for (const item of items) {
      if (['event', 'gap'].includes(item[1][1] ?? '')) deliverItem(item, { ...options, onWatched });
    }
    this.#stream = new RedisStream({ ...options, onWatched }, items.at(-1)?.[0] ?? '0-0');
  }
}
