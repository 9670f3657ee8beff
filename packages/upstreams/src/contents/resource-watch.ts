/**
 * Which resources of an upstream somebody wants to hear of. Each is subscribed to once, however many do, on the first connection, which
 * is kept open meanwhile.
 */
import type { Connection } from '../connection/connection.ts';
import type { Instances, Lease } from '../connection/instances.ts';

export interface ResourceWatchOptions {
  readonly instances: () => Pick<Instances, 'first'>;
  /** Aborted when the upstream is removed. */
  readonly signal: AbortSignal;
}

/** More than the clients of one server will follow; whoever asks for more hears nothing of the others. */
const MAX_URIS = 1000;

export class ResourceWatch implements Disposable {
  readonly #options: ResourceWatchOptions;
  readonly #users = new Map<string, number>();
  #lease: Lease | undefined;

  constructor(options: ResourceWatchOptions) {
    this.#options = options;
  }

  /** The upstream's own addresses. */
  get uris(): readonly string[] {
    return [...this.#users.keys()];
  }

  has(uri: string): boolean {
    return this.#users.has(uri);
  }

  /** Whether the first connection is needed to hear of changes. */
  get isUsed(): boolean {
    return this.#lease !== undefined;
  }

  /** Until the result is disposed. */
  add(uri: string): Disposable {
    const users = this.#users.get(uri) ?? 0;
    if (this.#options.signal.aborted || (users === 0 && this.#users.size >= MAX_URIS))
      return { [Symbol.dispose]: () => {} };
    this.#users.set(uri, users + 1);
    if (users === 0) this.#changed(uri, true);
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (isHeld) this.#remove(uri);
        isHeld = false;
      },
    };
  }

  /** A new connection knows of no subscription. */
  opened(connection: Connection): void {
    if (this.#lease?.link.current !== connection) return;
    for (const uri of this.#users.keys()) connection.resourceWanted(uri, true);
  }

  /** Nobody hears of anything any more. */
  [Symbol.dispose](): void {
    this.#users.clear();
    this.#lease?.[Symbol.dispose]();
    this.#lease = undefined;
  }

  #remove(uri: string): void {
    if (!this.#users.has(uri)) return;
    const users = this.#users.get(uri)! - 1;
    if (users > 0) {
      this.#users.set(uri, users);
      return;
    }
    this.#users.delete(uri);
    this.#changed(uri, false);
  }

  #changed(uri: string, isWanted: boolean): void {
    this.#lease ??= this.#options.instances().first();
    const { link } = this.#lease;
    // A program that idles is started; everything that is wanted is subscribed to once it runs.
    if (link.current === undefined) link.get(this.#options.signal).catch(() => {});
    else link.current.resourceWanted(uri, isWanted);
    if (this.#users.size > 0) return;
    this.#lease[Symbol.dispose]();
    this.#lease = undefined;
  }
}
