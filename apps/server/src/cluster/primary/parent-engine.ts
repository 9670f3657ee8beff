/**
 * The engine of a worker: its primary, over IPC.
 *
 *   command -> circuit breaker -> deadline -> primary
 *
 * A primary that has ended takes its workers with it, so a primary that does not answer hangs; until it answers again the worker
 * goes on alone, as a server does whose Redis is down.
 */
import { randomBytes } from 'node:crypto';

import { repeat, systemClock, type Clock } from '../../foundation/clock.ts';
import type { RateLimits } from '../../rate-limit/rate-limiter.ts';
import type { Channel } from '../../worker-channel/channel.ts';
import { CommandGate, EngineDownError } from '../command-gate.ts';
import { engineHealth } from '../engine-health.ts';
import { EngineState } from '../engine-state.ts';
import type { Grant } from '../reserved-calls.ts';
import type { SessionEngine } from '../session-engine.ts';
import type { ClusterEngine, EngineHealth, EngineListener, Entry, TableName } from '../engine.ts';

export interface ParentEngineOptions {
  readonly channel: Channel;
  readonly replica: string;
  /** Deadline of a command. */
  readonly timeoutMs: number;
  /** How long `join` waits. */
  readonly startTimeoutMs: number;
  /** @default systemClock */
  readonly clock?: Clock;
}

/** What the primary answers to a worker every few seconds. */
export interface Presence {
  readonly replicas: number;
  readonly watched: boolean;
}

/** Where the primary notifies a worker of what has happened, in its order. */
export type EngineNotice =
  | readonly ['table', TableName, readonly (readonly [string, Entry])[]]
  | readonly ['entry', TableName, string, Entry]
  | readonly ['event', id: string, event: string]
  | readonly ['gap']
  | readonly ['opening', string]
  | readonly ['session', string]
  | readonly ['session-field', session: string, field: string, value: string]
  | readonly ['session-message', session: string, message: string]
  | readonly ['watched'];

const PRESENCE_MS = 5000;

export class ParentEngine implements ClusterEngine {
  readonly replica: string;
  readonly sessions: SessionEngine;
  readonly #options: ParentEngineOptions;
  readonly #clock: Clock;
  readonly #gate: CommandGate;
  readonly #state: EngineState;
  #presence: Presence = { replicas: 1, watched: false };
  #timer: Disposable | undefined;

  constructor(options: ParentEngineOptions) {
    const { channel, replica, clock = systemClock } = options;
    this.#options = options;
    this.replica = replica;
    this.#clock = clock;
    this.sessions = parentSessions((name, ...args) => this.#command(name, ...args));
    this.#state = new EngineState(clock, () => this.#retry());
    this.#gate = new CommandGate({
      clock,
      onFailure: () => this.#state.retryLater(),
      onOpen: () => this.#state.down('the primary does not answer'),
    });
    channel.on('engine.notice', (...notice: EngineNotice) => this.#receive(notice));
  }

  async join(listener: EngineListener): Promise<void> {
    this.#state.listener = listener;
    await this.#synchronize(this.#options.startTimeoutMs);
    this.#timer = repeat(this.#clock, PRESENCE_MS, () => {
      // The circuit breaker counts a failure.
      this.#command<Presence>('engine.presence').then(
        (presence) => (this.#presence = presence),
        () => {},
      );
    });
  }

  take(key: string, limits: Required<RateLimits>, calls: number): Promise<Grant> {
    return this.#command('engine.take', key, limits, calls);
  }

  set(table: TableName, name: string, value: string, version = 0): Promise<Entry> {
    return this.#command('engine.set', table, name, value, version);
  }

  append(event: string): Promise<void> {
    return this.#command('engine.append', event);
  }

  appendGap(): Promise<void> {
    return this.#command('engine.appendGap');
  }

  appendOpening(opening: string): Promise<void> {
    return this.#command('engine.appendOpening', opening);
  }

  /** All workers run on the machine of the primary. */
  now(): number {
    return this.#clock.epochMs();
  }

  watch(): void {
    this.#options.channel.tell('engine.watch');
  }

  get watched(): boolean {
    return this.#presence.watched;
  }

  get replicas(): number {
    return this.#presence.replicas;
  }

  get state(): 'up' | 'down' {
    return this.#state.current;
  }

  health(): EngineHealth {
    const { failures, latencyMs } = this.#gate;
    const up = this.state === 'up';
    return engineHealth({
      up,
      downReason: this.#state.reason,
      failures,
      latencyMs,
      memory: undefined,
      clockDifferenceMs: 0,
      silentMs: 0,
      hasStrangers: false,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer?.[Symbol.dispose]();
    this.#state[Symbol.dispose]();
  }

  async #command<T>(name: string, ...args: readonly unknown[]): Promise<T> {
    if (this.state === 'down') throw new EngineDownError('The primary does not answer.');
    const { channel, timeoutMs } = this.#options;
    return this.#gate.run(() => channel.ask<T>(name, args, timeoutMs));
  }

  /** What was sent while the primary did not answer arrives when it does, so no event is missing. */
  async #synchronize(timeoutMs: number): Promise<void> {
    this.#presence = await this.#options.channel.ask<Presence>('engine.join', [this.sessions.address], timeoutMs);
    this.#gate.reset();
    this.#state.up();
    this.#state.listener?.onSynchronized?.();
  }

  #retry(): void {
    this.#synchronize(this.#options.timeoutMs).catch(() => this.#state.retryLater());
  }

  #receive(notice: EngineNotice): void {
    const { listener } = this.#state;
    switch (notice[0]) {
      case 'table':
        return listener?.onTable(notice[1], new Map(notice[2]));
      case 'entry':
        return listener?.onEntry(notice[1], notice[2], notice[3]);
      case 'event':
        return listener?.onEvent(notice[1], notice[2]);
      case 'gap':
        return listener?.onGap();
      case 'opening':
        return listener?.onOpening?.(notice[1]);
      case 'session':
        return listener?.onSessionEnded(notice[1]);
      case 'session-field':
        return listener?.onSessionField(notice[1], notice[2], notice[3]);
      case 'session-message':
        return listener?.onSessionMessage(notice[1], notice[2]);
      case 'watched':
        this.#presence = { ...this.#presence, watched: true };
    }
  }
}

function parentSessions(command: <T>(name: string, ...args: readonly unknown[]) => Promise<T>): SessionEngine {
  return {
    address: randomBytes(6).toString('base64url'),
    end: (session) => command('engine.session.end', session),
    isEnded: (session) => command('engine.session.isEnded', session),
    set: (session, field, value) => command('engine.session.set', session, field, value),
    // Messages are JSON, which has no maps.
    fields: async (session) => new Map(await command<[string, string][]>('engine.session.fields', session)),
    notify: (session, field, value) => command('engine.session.notify', session, field, value),
    send: (address, session, message) => command('engine.session.send', address, session, message),
  };
}
