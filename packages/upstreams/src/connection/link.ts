/** The one owner of an upstream's connection: opened by the first who needs it, shared by all who wait, replaced when it is lost. */
import { ConnectionError } from './connection-error.ts';
import type { Connection } from './connection.ts';

export interface LinkOptions {
  readonly open: () => Promise<Connection>;
  readonly onOpened: (connection: Connection) => void;
  readonly onOpenFailed: (error: unknown) => void;
  readonly onLost: (reason: string) => void;
}

export class Link implements AsyncDisposable {
  readonly #options: LinkOptions;
  #current: Connection | undefined;
  #opening: Promise<Connection> | undefined;
  #disposed = false;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get current(): Connection | undefined {
    return this.#current;
  }

  get isOpening(): boolean {
    return this.#opening !== undefined;
  }

  /**
   * The open connection, or the one that is being opened, which goes on when this caller no longer waits.
   * @throws what `open` throws, or the reason of `signal`
   */
  async get(signal: AbortSignal): Promise<Connection> {
    signal.throwIfAborted();
    if (this.#disposed)
      throw new ConnectionError('unreachable', 'The upstream is no longer used.', { mayHaveRun: false });
    if (this.#current !== undefined) return this.#current;
    this.#opening ??= this.#open();
    const opening = this.#opening;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      opening.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    });
  }

  /** The connection is of no use any more; one that was replaced already is left alone. */
  lose(connection: Connection, reason: string): void {
    if (this.#current !== connection) return;
    this.#current = undefined;
    void connection[Symbol.asyncDispose]();
    if (!this.#disposed) this.#options.onLost(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    const connection = this.#current ?? (await this.#opening?.catch(() => undefined));
    this.#current = undefined;
    await connection?.[Symbol.asyncDispose]();
  }

  async #open(): Promise<Connection> {
    try {
      const connection = await this.#options.open();
      if (this.#disposed) return connection;
      this.#current = connection;
      this.#options.onOpened(connection);
      return connection;
    } catch (error) {
      this.#options.onOpenFailed(error);
      throw error;
    } finally {
      this.#opening = undefined;
    }
  }
}
