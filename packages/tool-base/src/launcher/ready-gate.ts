/** Where runs wait that came while no helper takes any: none of them has begun, so nothing happens twice. */
export class ReadyGate {
  #opened = Promise.withResolvers<void>();

  /** Lets everybody go who waits now. */
  open(): void {
    this.#opened.resolve();
    this.#opened = Promise.withResolvers();
  }

  /** Resolves when the gate is opened, or the signal is aborted. */
  async wait(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const aborted = (): void => resolve();
    signal?.addEventListener('abort', aborted, { once: true });
    await Promise.race([this.#opened.promise, promise]);
    signal?.removeEventListener('abort', aborted);
  }
}
