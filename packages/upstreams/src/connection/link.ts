/** The one owner of a connection: opened by the first who needs it, shared by all who wait, replaced when it is lost. */
import { notUsed } from './connection-error.ts';
import type { Connection } from './connection.ts';
import type { RestartPace } from './restart-pace.ts';

export interface LinkOptions {
  /** `onClosed` is called when the other side ended it; `signal` is aborted when the connection is no longer wanted. */
  readonly open: (onClosed: (reason: string) => void, signal: AbortSignal) => Promise<Connection>;
  readonly onOpened: (connection: Connection) => void;
  readonly onOpenFailed: (error: unknown) => void;
  readonly onLost: (reason: string) => void;
  /** Nobody needed it any more. */
  readonly onClosed: () => void;
  /** @default it is opened whenever it is needed */
  readonly pace?: RestartPace | undefined;
}

export class Link implements AsyncDisposable {
  readonly #options: LinkOptions;
  #current: Connection | undefined;
  #opening: Promise<Connection> | undefined;
  readonly #closing = new Set<PromiseLike<void>>();
  #openedMs = 0;
  readonly #unwanted = new AbortController();

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
    if (this.#unwanted.signal.aborted) throw notUsed();
    if (this.#current !== undefined) return this.#current;
    if (this.#opening === undefined) this.#options.pace?.check();
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
    this.#end();
    this.#options.pace?.lost(this.#openedMs);
    if (!this.#unwanted.signal.aborted) this.#options.onLost(reason);
  }

  /** Nobody needs the connection now; the next who does opens it again. */
  close(): void {
    this.#end();
    if (!this.#unwanted.signal.aborted) this.#options.onClosed();
  }

  /** As {@link close}, and the next who needs one need not wait until it may be opened. */
  restart(): void {
    this.#options.pace?.reset();
    this.close();
  }

  #end(): void {
    const connection = this.#current;
    this.#current = undefined;
    if (connection === undefined) return;
    const closing = connection[Symbol.asyncDispose]().then(() => void this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unwanted.abort();
    await this.#opening?.catch(() => undefined);
    this.#end();
    await Promise.all(this.#closing);
  }

  async #open(): Promise<Connection> {
    const { open, onOpened, onOpenFailed, pace } = this.#options;
    let connection: Connection | undefined;
    let closed: string | undefined;
    try {
      connection = await open((reason) => {
        closed ??= reason;
        if (connection !== undefined) this.lose(connection, reason);
      }, this.#unwanted.signal);
      this.#current = connection;
      if (this.#unwanted.signal.aborted) return connection;
      this.#openedMs = pace?.opened() ?? 0;
      onOpened(connection);
      // It ended between its last answer and now.
      if (closed !== undefined) this.lose(connection, closed);
      return connection;
    } catch (error) {
      pace?.failed();
      onOpenFailed(error);
      throw error;
    } finally {
      this.#opening = undefined;
    }
  }
}
