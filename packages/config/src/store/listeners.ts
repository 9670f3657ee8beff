/** Listeners for a fixed set of events. */
export class Listeners<E extends object> {
  readonly #byEvent = new Map<keyof E, Set<(details: never) => void>>();

  on<K extends keyof E>(event: K, listener: (details: E[K]) => void): Disposable {
    const listeners = this.#byEvent.get(event) ?? new Set();
    listeners.add(listener);
    this.#byEvent.set(event, listeners);
    return { [Symbol.dispose]: () => void listeners.delete(listener) };
  }

  /** An error of a listener is thrown in a microtask, so that the other listeners are still called. */
  emit<K extends keyof E>(event: K, details: E[K]): void {
    for (const listener of this.#byEvent.get(event) ?? []) {
      try {
        listener(details as never);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  clear(): void {
    this.#byEvent.clear();
  }
}
