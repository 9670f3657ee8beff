/**
 * Things that end together, last first. What the language's own `DisposableStack` does, which Node has only from version 24 on
 * while this package runs from 22.18.
 */
export class Disposables implements Disposable {
  #ends: (() => void)[] = [];

  /** @returns the same thing */
  use<T extends Disposable>(thing: T): T {
    this.#ends.push(() => thing[Symbol.dispose]());
    return thing;
  }

  defer(end: () => void): void {
    this.#ends.push(end);
  }

  /** Ends everything once; one that throws does not keep the others from ending. @throws the first error, at the end */
  [Symbol.dispose](): void {
    const errors: unknown[] = [];
    for (const end of this.#ends.splice(0).toReversed()) {
      try {
        end();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
