/**
 * The engine in Redis 6.2 or newer, or Valkey:
 *
 *   command -> circuit breaker -> deadline -> engine
 *
 * Three commands in a row that fail or are too late open the circuit breaker. From then on commands reject at once, and once a
 * second this server tries to join again; a caller's command is never the one that probes.
 */
import { randomBytes } from 'node:crypto';

import type { Redis } from 'ioredis';

import { repeat, systemClock, type Clock } from '../../foundation/clock.ts';
import type { RateLimits } from '../../rate-limit/rate-limiter.ts';
import type { ClusterEngine, EngineHealth, EngineListener, Entry, TableName } from '../engine.ts';
import { CommandGate, EngineDownError } from '../command-gate.ts';
import { engineHealth, readMemory, type EngineMemory } from '../engine-health.ts';
import { EngineState } from '../engine-state.ts';
import type { Grant } from '../reserved-calls.ts';
import type { SessionEngine } from '../session-engine.ts';
import { readTables, setEntry } from './redis-tables.ts';
import { joinWithin } from './join-within.ts';
import { openCommands, openReader, type RedisConnection } from './redis-connection.ts';
import { redisKeys, type RedisKeys } from './redis-keys.ts';
import { failureOf, isDemoted, refused, strangers } from './join-errors.ts';
import type { RedisEngineOptions } from './redis-engine-options.ts';
import { RedisPresence } from './redis-presence.ts';
import { redisSessions } from './redis-sessions.ts';
import { followStream, type FollowStreamOptions } from './follow-stream.ts';
import type { RedisStream } from './redis-stream.ts';
import { STREAM_ITEMS } from './stream-items.ts';

const PRESENCE_MS = 5000;

export class RedisEngine implements ClusterEngine {
  readonly replica: string;
  readonly sessions: SessionEngine;
  readonly #options: RedisEngineOptions;
  readonly #keys: RedisKeys;
  readonly #clock: Clock;
  readonly #commands: RedisConnection;
  readonly #reader: Redis;
  readonly #following: Omit<FollowStreamOptions, 'before' | 'listener' | 'epoch'>;
  readonly #gate: CommandGate;
  readonly #presence: RedisPresence;
  readonly #state: EngineState;
  #stream: RedisStream | undefined;
  #memory: EngineMemory | undefined;
  #timer: Disposable | undefined;
  #hasLostData = false;
  #isJoining = false;
  #disposed = false;

  constructor(options: RedisEngineOptions) {
    const { url, name, replica, timeoutMs, clock = systemClock } = options;
    this.#options = options;
    this.replica = replica;
    this.#clock = clock;
    const keys = (this.#keys = redisKeys(name));
    const commands = (this.#commands = openCommands(url, timeoutMs, clock));
    this.#reader = openReader(url);
    this.#state = new EngineState(clock, () => this.#retry());
    const onFailure = (): void => this.#state.retryLater();
    this.#gate = new CommandGate({ clock, onFailure, onOpen: (error) => this.#fail(error) });
    const address = randomBytes(6).toString('base64url');
    const inbox = keys.inbox(address);
    this.#presence = new RedisPresence({
      ...options,
      member: `${replica} ${address}`,
      inbox,
      commands,
      keys,
      clock,
    });
    this.#following = {
      redis: this.#reader,
      commands: commands.redis,
      epochKey: keys.epoch,
      key: keys.events,
      inbox,
      clock,
      onWatched: () => void (this.#presence.watched = true),
    };
    this.sessions = redisSessions({ address, commands, keys, run: (each) => this.#command(each) });
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
    await joinWithin({
      timeoutMs: this.#options.startTimeoutMs,
      clock: this.#clock,
      attempt: () => this.#attempt(),
      problem: this.#commands.problem,
      onWaiting: (reason) => listener.onWaiting?.(reason),
    });
    this.#timer = repeat(this.#clock, PRESENCE_MS, () => void this.#beat());
    for (const redis of [this.#commands.redis, this.#reader]) {
      redis.on('close', () => this.#goDown('the connection was closed'));
      redis.on('ready', () => this.#retry());
    }
  }

  async take(key: string, { requests, windowMs, burst }: Required<RateLimits>, calls: number): Promise<Grant> {
    const intervalUs = Math.ceil((1000 * windowMs) / requests);
    const rateKey = this.#keys.rate(key);
    const answer = Number(await this.#command(() => this.#commands.take(rateKey, intervalUs, burst, calls)));
    return answer > 0 ? { allowed: true, calls: answer } : { allowed: false, retryAfterMs: -answer };
  }

  async set(table: TableName, name: string, value: string, version = 0): Promise<Entry> {
    return this.#command(() => setEntry(this.#commands, this.#keys, table, name, { value, version }));
  }

  append(event: string): Promise<void> {
    return this.#append('event', event);
  }

  appendGap(): Promise<void> {
    return this.#append('gap');
  }

  appendOpening(opening: string): Promise<void> {
    return this.#append('opening', opening);
  }

  now(): number {
    return this.#presence.engineMs;
  }

  watch(): void {
    this.#presence.watch();
    if (!this.#presence.watched) void this.#beat();
  }

  health(): EngineHealth {
    return engineHealth({
      up: this.state === 'up',
      downReason: this.#state.reason,
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

  async #append(kind: string, data = ''): Promise<void> {
    const item = ['kind', kind, 'data', data];
    await this.#command(() => this.#commands.redis.xadd(this.#keys.events, 'MAXLEN', '~', STREAM_ITEMS, '*', ...item));
  }

  async #command<T>(run: () => Promise<T>): Promise<T> {
    if (this.state === 'down') throw new EngineDownError('The engine of the cluster does not answer.');
    return this.#gate.run(run);
  }

  #goDown(reason: string): void {
    if (!this.#disposed) this.#state.down(reason);
  }

  #fail(error: unknown): void {
    this.#goDown(failureOf(this.#commands.problem() ?? error));
    // Its address may lead to another by now; the connection would stay with the one that was demoted.
    if (isDemoted(error)) for (const redis of [this.#commands.redis, this.#reader]) redis.disconnect(true);
  }

  #retry(): void {
    this.#state.cancelRetry();
    if (this.#isJoining || this.#disposed) return;
    this.#isJoining = true;
    this.#attempt()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#isJoining = false;
        if (this.state === 'down' && !this.#disposed) this.#state.retryLater();
      });
  }

  async #beat(): Promise<void> {
    // The circuit breaker counts a failure.
    const epoch = await this.#command(() => this.#presence.announce()).catch(() => undefined);
    if (epoch === undefined || epoch === this.#stream?.epoch) return;
    this.#goDown('the engine has lost its data');
    this.#retry();
  }

  async #attempt(): Promise<void> {
    try {
      await this.#synchronize();
    } catch (error) {
      // After a partition its end would wait for minutes until it sends again what was lost.
      if (this.#commands.isSilent()) this.#commands.redis.disconnect(true);
      throw error;
    }
  }

  async #synchronize(): Promise<void> {
    const { listener } = this.#state;
    // Before anything is written: with it comes what the engine has said of the user and the database of the URL.
    this.#memory = readMemory(await this.#commands.redis.info('memory'));
    const problem = this.#commands.problem();
    if (refused(problem)) throw problem;
    const epoch = await this.#presence.announce();
    if (!listener || this.#disposed) return;
    if (this.#presence.hasStrangers && !this.#stream) {
      await this.#presence.retract().catch(() => {});
      throw strangers(this.#options.name);
    }
    const before = this.#stream;
    // A server that does not hear of what others switch off has not joined.
    await before?.arrives();
    if (before?.epoch !== epoch || before.hasLostData) {
      this.#stream = await followStream({ ...this.#following, before, listener, epoch });
      this.#hasLostData = before !== undefined;
      // Later, its first answer comes behind that of the read which waits on the same connection.
      if (!before) await this.#stream.arrives();
    }
    const tables = await readTables(this.#commands, this.#keys);
    this.#gate.reset();
    this.#state.up();
    for (const [table, entries] of tables) listener.onTable(table, entries);
    if (this.#hasLostData) listener.onDataLost?.();
    this.#hasLostData = false;
    listener.onSynchronized?.();
  }
}
