/**
 * The engine of a worker: its primary, over IPC.
 *
 *   command -> circuit breaker -> deadline -> primary
 *
 * A primary that has ended takes its workers with it, so a primary that does not answer hangs; until it answers again the worker
 * goes on alone, as a server does whose Redis is down.
 */
import { repeat, systemClock, type Clock } from '../clock.ts';
import type { RateLimitDecision, RateLimits } from '../rate-limit/rate-limiter.ts';
import type { Channel } from '../workers/channel/channel.ts';
import { CommandGate, EngineDownError } from './command-gate.ts';
import { engineHealth } from './engine-health.ts';
import { EngineState } from './engine-state.ts';
import type { ClusterEngine, EngineHealth, EngineListener, Entry, TableName } from './engine.ts';

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
  | readonly ['session', string]
  | readonly ['watched'];

const PRESENCE_MS = 5000;

export class ParentEngine implements ClusterEngine {
  readonly replica: string;
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
    this.#gate = new CommandGate({ clock, onOpen: (reason) => this.#state.down(reason) });
    this.#state = new EngineState(clock, () => this.#retry());
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

  take(key: string, limits: Required<RateLimits>): Promise<RateLimitDecision> {
    return this.#command('engine.take', key, limits);
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

  watch(): void {
    this.#options.channel.tell('engine.watch');
  }

  endSession(session: string): Promise<void> {
    return this.#command('engine.endSession', session);
  }

  isSessionEnded(session: string): Promise<boolean> {
    return this.#command('engine.isSessionEnded', session);
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
    this.#presence = await this.#options.channel.ask<Presence>('engine.join', [], timeoutMs);
    this.#gate.reset();
    this.#state.up();
    this.#state.listener?.onState('up');
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
      case 'session':
        return listener?.onSessionEnded(notice[1]);
      case 'watched':
        this.#presence = { ...this.#presence, watched: true };
    }
  }
}
