import type { Session } from './session.ts';

/** The open sessions of this process: a bounded number, shared fairly between callers. */
export class SessionTable {
  readonly #max: number;
  readonly #close: (session: Session) => void;
  /**
   * In order of opening, not of last use: a map that every request leaves and enters again keeps allocating new tables, and
   * old tables keep young objects alive.
   */
  readonly #sessions = new Map<string, Session>();
  #opening = 0;

  /** @param close closes a session that has been removed */
  constructor(max: number, close: (session: Session) => void) {
    this.#max = max;
    this.#close = close;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(id: string): Session | undefined {
    return this.#sessions.get(id);
  }

  /** @param key of `sessionKey` */
  withKey(key: string): Session | undefined {
    for (const session of this) if (session.id.endsWith(key)) return session;
    return undefined;
  }

  add(session: Session): void {
    this.#sessions.set(session.id, session);
  }

  delete(id: string): void {
    this.#sessions.delete(id);
  }

  [Symbol.iterator](): IterableIterator<Session> {
    return this.#sessions.values();
  }

  /**
   * Keeps a place for a session that is being opened, until disposed of. A full table evicts an idle session: one of the
   * caller that has the most, and of these the one that was idle longest.
   *
   * @returns undefined when every session is in use
   */
  reserve(caller: string): Disposable | undefined {
    if (this.#sessions.size + this.#opening >= this.#max) {
      const evicted = this.#toEvict(caller);
      if (!evicted) return undefined;
      this.delete(evicted.id);
      this.#close(evicted);
    }
    this.#opening += 1;
    return { [Symbol.dispose]: () => void (this.#opening -= 1) };
  }

  #toEvict(caller: string): Session | undefined {
    // With the new session, so that of two callers with equally many the one that opens another loses its own.
    const counts = new Map([[caller, 1]]);
    for (const { caller: owner } of this) counts.set(owner.name, (counts.get(owner.name) ?? 0) + 1);
    const rank = ({ caller: owner }: Session): number =>
      2 * (counts.get(owner.name) ?? 0) + Number(owner.name === caller);
    let chosen: Session | undefined;
    for (const session of this) {
      if (!session.isIdle) continue;
      const difference = chosen === undefined ? 1 : rank(session) - rank(chosen);
      if (difference > 0 || (difference === 0 && session.lastUsedMs < (chosen?.lastUsedMs ?? 0))) chosen = session;
    }
    return chosen;
  }
}
