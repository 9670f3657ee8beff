/**
 * The engine in the memory of the primary: what the workers of one server share. Workers reach it over IPC (parent-engine.ts). It
 * keeps what they set until the server stops.
 */
import { randomBytes } from 'node:crypto';

import { systemClock, type Clock } from '../../foundation/clock.ts';
import { MemoryRateLimiter } from '../../rate-limit/memory-rate-limiter.ts';
import type { RateLimits } from '../../rate-limit/rate-limiter.ts';
import type { Grant } from '../reserved-calls.ts';
import { TABLES, type EngineListener, type Entry, type TableName } from '../engine.ts';
import { MemorySessions } from './memory-sessions.ts';

const WATCH_MS = 60_000;
/** Different limits; above it the least recently used is forgotten. */
const MAX_LIMITS = 1000;
/** Events that a worker gets when it joins; up to twice as many, because the oldest are removed together. */
const JOIN_EVENTS = 1000;

export class MemoryEngine {
  readonly clock: Clock;
  readonly listeners: Map<object, EngineListener> = new Map();
  readonly sessions: MemorySessions;
  readonly #epoch = randomBytes(4).toString('hex');
  readonly #tables = new Map<TableName, Map<string, Entry>>(TABLES.map((table) => [table, new Map()]));
  /** By limits: tools may have limits of their own, and a reload has others. */
  readonly #limiters = new Map<string, MemoryRateLimiter>();
  #version = 0;
  #events: (readonly [id: string, event: string])[] = [];
  #eventCount = 0;
  #watchedUntilMs = 0;

  constructor(clock: Clock = systemClock) {
    this.clock = clock;
    this.sessions = new MemorySessions(clock, () => this.listeners.values());
  }

  get watched(): boolean {
    return this.clock.monotonicMs() < this.#watchedUntilMs;
  }

  watch(): void {
    const wasWatched = this.watched;
    this.#watchedUntilMs = this.clock.monotonicMs() + WATCH_MS;
    if (wasWatched) return;
    for (const listener of this.listeners.values()) listener.onWatched?.();
  }

  join(member: object, listener: EngineListener): void {
    this.listeners.set(member, listener);
    this.tellTables(listener);
    for (const [id, event] of this.#events) listener.onEvent(id, event);
    listener.onState('up');
  }

  tellTables(listener: EngineListener): void {
    for (const [table, entries] of this.#tables) listener.onTable(table, entries);
  }

  take(key: string, limits: Required<RateLimits>, calls: number): Grant {
    const { requests, windowMs, burst } = limits;
    const name = `${requests} ${windowMs} ${burst}`;
    const limiter = this.#limiters.get(name) ?? new MemoryRateLimiter({ ...limits, clock: this.clock });
    this.#limiters.delete(name);
    this.#limiters.set(name, limiter);
    if (this.#limiters.size > MAX_LIMITS) this.#limiters.delete(this.#limiters.keys().next().value ?? '');
    return limiter.takeUpTo(calls, { caller: key, tool: '' });
  }

  set(table: TableName, name: string, value: string, version = 0): Entry {
    const entries = this.#tables.get(table);
    const current = entries?.get(name);
    if (version !== 0 && current !== undefined && current.version >= version) return current;
    this.#version = Math.max(this.#version + (version === 0 ? 1 : 0), version);
    const entry = { version: this.#version, value };
    entries?.set(name, entry);
    for (const listener of this.listeners.values()) listener.onEntry(table, name, entry);
    return entry;
  }

  append(event: string): void {
    this.#eventCount += 1;
    const id = `${this.#epoch}-${this.#eventCount}`;
    this.#events.push([id, event]);
    if (this.#events.length > 2 * JOIN_EVENTS) this.#events = this.#events.slice(-JOIN_EVENTS);
    for (const listener of this.listeners.values()) listener.onEvent(id, event);
  }

  appendGap(): void {
    for (const listener of this.listeners.values()) listener.onGap();
  }

  appendOpening(opening: string): void {
    for (const listener of this.listeners.values()) listener.onOpening?.(opening);
  }
}
