/** Disposes what it holds in reverse order. Node 22 lacks `DisposableStack`, which does the same. */
export class Disposables implements Disposable {
  #disposers: (() => void)[] = [];

  /** @returns the same object */
  use<T extends Disposable>(disposable: T): T {
    this.#disposers.push(() => disposable[Symbol.dispose]());
    return disposable;
  }

  defer(dispose: () => void): void {
    this.#disposers.push(dispose);
  }

  /** Runs every disposer once, also when one throws. @throws the first error, after all have run */
  [Symbol.dispose](): void {
    const errors: unknown[] = [];
    for (const dispose of this.#disposers.splice(0).toReversed()) {
      try {
        dispose();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
