import { systemClock, type Clock } from '../../foundation/clock.ts';
import { SESSION_MS, type SessionEngine, type SessionListener } from '../session-engine.ts';

/** Ended sessions, and sessions with settings, that are kept; above it the oldest are forgotten. */
const MAX_KEPT = 20_000;
/** What another server ended longer ago than this had been heard of when the engine went down, also where clocks differ a little. */
const HEARD_OF_MS = 10_000;

/**
 * What servers know of each other's 2025-era sessions: that one was ended, what its client has set, and what its client has sent to
 * one server and means for another. Sessions are known by their {@link sessionKey}.
 */
export class SharedSessions {
  readonly #engine: SessionEngine;
  readonly #listeners = new Set<SessionListener>();
  /** What this server could not share while the engine was down, in order. */
  readonly #unsent = new Map<string, () => Promise<void>>();
  readonly #clock: Pick<Clock, 'monotonicMs' | 'epochMs'>;
  #downSinceMs: number | undefined;
  /** What this server has ended and when it is forgotten, and what it has set: for an engine that loses its data. */
  readonly #ended = new Map<string, number>();
  readonly #set = new Map<string, Map<string, string>>();

  constructor(engine: SessionEngine, clock: Pick<Clock, 'monotonicMs' | 'epochMs'> = systemClock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  /** Of this process, for messages. */
  get address(): string {
    return this.#engine.address;
  }

  /** Ended on one server, a session is ended on all, and no server opens it again. */
  end(key: string): Promise<void> {
    keep(this.#ended, key, this.#clock.monotonicMs() + SESSION_MS);
    this.#set.delete(key);
    return this.#share(key, () => this.#engine.end(key));
  }

  /**
   * Rejects while the engine is down: nobody knows. Except of a session so young that this server would know: one that a client has
   * opened since then could not be used behind a load balancer otherwise.
   */
  isEnded(key: string, issuedMs: number): Promise<boolean> {
    return this.#engine.isEnded(key).catch((error: unknown) => this.#ifYoung(issuedMs, false, error));
  }

  /** What the client has set holds on every server. An empty value removes it. */
  set(key: string, field: string, value: string): Promise<void> {
    const fields = this.#set.get(key) ?? new Map<string, string>();
    if (value === '') fields.delete(field);
    else fields.set(field, value);
    if (fields.size > 0) keep(this.#set, key, fields);
    return this.#share(`${key} ${field}`, () => this.#engine.set(key, field, value));
  }

  /** Rejects while the engine is down; of a young session, what this server knows. */
  fields(key: string, issuedMs: number): Promise<ReadonlyMap<string, string>> {
    return this.#engine
      .fields(key)
      .catch((error: unknown) => this.#ifYoung(issuedMs, this.#set.get(key) ?? new Map<string, string>(), error));
  }

  /** Best effort, to the servers that have the session now. */
  async notify(key: string, field: string, value: string): Promise<void> {
    await this.#engine.notify(key, field, value).catch(() => {});
  }

  /** Rejects while the engine is down. */
  send(address: string, key: string, message: string): Promise<void> {
    return this.#engine.send(address, key, message);
  }

  follow(listener: SessionListener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** From the engine. */
  readonly receiver: SessionListener = {
    onSessionEnded: (...args) => {
      for (const listener of this.#listeners) listener.onSessionEnded(...args);
    },
    onSessionField: (...args) => {
      const [key, field, value] = args;
      const fields = this.#set.get(key);
      // Set to something else on another server, which keeps it.
      if (fields && fields.get(field) !== value) fields.delete(field);
      for (const listener of this.#listeners) listener.onSessionField(...args);
    },
    onSessionMessage: (...args) => {
      for (const listener of this.#listeners) listener.onSessionMessage(...args);
    },
  };

  engineDown(): void {
    this.#downSinceMs = this.#clock.epochMs();
  }

  /** The engine is back. */
  catchUp(): void {
    this.#downSinceMs = undefined;
    for (const [what, share] of this.#unsent) void this.#share(what, share);
  }

  /** The engine is back without its data. */
  async restore(): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    for (const [key, untilMs] of this.#ended) if (untilMs <= nowMs) this.#ended.delete(key);
    const ended = new Map([...this.#ended].map(([key, untilMs]) => [key, Math.ceil(untilMs - nowMs)]));
    // The circuit breaker counts a failure.
    const fields = [...this.#set].flatMap(([key, set]) =>
      [...set].map(([field, value]) => [key, field, value] as const),
    );
    await this.#engine.restore?.({ ended, fields }).catch(() => {});
  }

  #ifYoung<T>(issuedMs: number, known: T, error: unknown): T {
    // A command may fail before the engine counts as down.
    if (issuedMs >= (this.#downSinceMs ?? this.#clock.epochMs()) - HEARD_OF_MS) return known;
    throw error;
  }

  async #share(what: string, share: () => Promise<void>): Promise<void> {
    this.#unsent.set(what, share);
    await share().then(
      () => this.#unsent.get(what) === share && this.#unsent.delete(what),
      () => {},
    );
  }
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > MAX_KEPT) map.delete(map.keys().next().value ?? '');
}

/** The end of a session id, which is random; the whole id would open the session. Copied: a slice would keep the whole id in memory. */
export function sessionKey(id: string): string {
  return Buffer.from(id.slice(-20)).toString('latin1');
}
