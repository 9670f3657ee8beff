import type { Clock } from '../../foundation/clock.ts';
import { SESSION_MS, type SessionEngine, type SessionListener } from '../session-engine.ts';

interface SessionRecord {
  readonly untilMs: number;
  readonly isEnded: boolean;
  readonly fields: ReadonlyMap<string, string>;
}

const MAX_SESSIONS = 100_000;

/** What the workers of one server know of sessions, in the memory of the primary. */
export class MemorySessions {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #listeners: () => Iterable<SessionListener>;
  readonly #records = new Map<string, SessionRecord>();
  readonly #inboxes = new Map<string, SessionListener>();

  constructor(clock: Pick<Clock, 'monotonicMs'>, listeners: () => Iterable<SessionListener>) {
    this.#clock = clock;
    this.#listeners = listeners;
  }

  /** What is sent to `address` goes to `listener`, until disposed of. */
  receive(address: string, listener: SessionListener): Disposable {
    this.#inboxes.set(address, listener);
    return { [Symbol.dispose]: () => void this.#inboxes.delete(address) };
  }

  /** The engine of one worker. */
  of(address: string): SessionEngine {
    return {
      address,
      end: async (session) => {
        this.#keep(session, { isEnded: true, fields: new Map() });
        for (const listener of this.#listeners()) listener.onSessionEnded(session);
      },
      isEnded: async (session) => this.#find(session)?.isEnded === true,
      set: async (session, field, value) => {
        const { isEnded = false, fields = new Map<string, string>() } = this.#find(session) ?? {};
        const changed = new Map(fields);
        if (value === '') changed.delete(field);
        else changed.set(field, value);
        this.#keep(session, { isEnded, fields: changed });
        this.#notify(session, field, value);
      },
      fields: async (session) => this.#find(session)?.fields ?? new Map(),
      notify: async (session, field, value) => this.#notify(session, field, value),
      send: async (to, session, message) => this.#inboxes.get(to)?.onSessionMessage(session, message),
    };
  }

  #notify(session: string, field: string, value: string): void {
    for (const listener of this.#listeners()) listener.onSessionField(session, field, value);
  }

  #find(session: string): SessionRecord | undefined {
    const record = this.#records.get(session);
    return record && record.untilMs > this.#clock.monotonicMs() ? record : undefined;
  }

  #keep(session: string, record: Pick<SessionRecord, 'isEnded' | 'fields'>): void {
    const nowMs = this.#clock.monotonicMs();
    this.#records.delete(session);
    // Oldest first, so those whose time is over are at the front.
    for (const [key, { untilMs }] of this.#records) {
      if (untilMs > nowMs && this.#records.size < MAX_SESSIONS) break;
      this.#records.delete(key);
    }
    this.#records.set(session, { untilMs: nowMs + SESSION_MS, ...record });
  }
}
