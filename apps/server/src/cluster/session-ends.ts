import type { ClusterEngine } from './engine.ts';

/** Sessions that were ended on one server are ended on all, and no server opens them again. */
export class SessionEnds {
  readonly #engine: Pick<ClusterEngine, 'endSession' | 'isSessionEnded'>;
  readonly #listeners = new Set<(key: string) => void>();
  /** Ended here while the engine was down. */
  readonly #unsent = new Set<string>();

  constructor(engine: Pick<ClusterEngine, 'endSession' | 'isSessionEnded'>) {
    this.#engine = engine;
  }

  /** @param key of {@link sessionKey} */
  async end(key: string): Promise<void> {
    this.#unsent.add(key);
    await this.#engine.endSession(key).then(
      () => this.#unsent.delete(key),
      () => {},
    );
  }

  /** Rejects while the engine is down: nobody knows. */
  isEnded(key: string): Promise<boolean> {
    return this.#engine.isSessionEnded(key);
  }

  onEnded(listener: (key: string) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** From the engine. */
  receive(key: string): void {
    for (const listener of this.#listeners) listener(key);
  }

  /** The engine is back. */
  catchUp(): void {
    for (const key of this.#unsent) void this.end(key);
  }
}

/** The end of a session id, which is random; the whole id would open the session. */
export function sessionKey(id: string): string {
  return id.slice(-20);
}
