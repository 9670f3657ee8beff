/**
 * The connections of one upstream. The first serves the lists, and everybody where state is shared; otherwise each caller has one of
 * its own, so that no caller sees what another left behind in a server that remembers.
 */
import { ToolError } from '@mcp/tool-base';

import type { Clock } from '../clock.ts';
import type { Connection } from './connection.ts';
import type { Link } from './link.ts';

/** `auto`: `caller` for servers that keep a session (programs and sessions of the 2025 era), else `shared`. */
export type Isolation = 'auto' | 'shared' | 'caller';

export interface InstancesOptions {
  readonly key: string;
  readonly isolation: Isolation;
  readonly maxInstances: number;
  /** Milliseconds after which a connection that nobody uses is closed; 0: never. */
  readonly idleStopMs: number;
  /** Whether the first is kept open however long nobody uses it. */
  readonly keepsFirst: boolean;
  readonly clock: Clock;
  readonly createLink: () => Link;
}

export interface Lease extends Disposable {
  readonly link: Link;
}

class Instance {
  readonly link: Link;
  owner: string | undefined;
  users = 0;
  usedMs = 0;
  idleTimer: Disposable | undefined;

  constructor(link: Link) {
    this.link = link;
  }
}

export class Instances implements AsyncDisposable {
  readonly #options: InstancesOptions;
  readonly #instances: Instance[];
  readonly #ending = new Set<PromiseLike<void>>();

  constructor(options: InstancesOptions) {
    this.#options = options;
    this.#instances = [new Instance(options.createLink())];
  }

  /** Open connections. */
  get open(): readonly Connection[] {
    return this.#instances.flatMap(({ link: { current } }) => current ?? []);
  }

  get isOpening(): boolean {
    return this.#instances.some(({ link }) => link.isOpening);
  }

  /** For what belongs to no caller. */
  first(): Lease {
    return this.#lease(this.#instances[0]!);
  }

  /**
   * @throws {ToolError} `resource_exhausted` when every connection belongs to another caller and is in use
   * @throws {ConnectionError} or the reason of `signal`, where the first connection has to be asked what the upstream is
   */
  async forCaller(caller: string, signal: AbortSignal): Promise<Lease> {
    if (!(await this.#isIsolated(signal))) return this.first();
    return this.#lease(this.#instanceOf(caller));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { idleTimer } of this.#instances) idleTimer?.[Symbol.dispose]();
    await Promise.all([...this.#instances.map(({ link }) => link[Symbol.asyncDispose]()), ...this.#ending]);
  }

  async #isIsolated(signal: AbortSignal): Promise<boolean> {
    const { isolation } = this.#options;
    if (isolation !== 'auto') return isolation === 'caller';
    const known = this.open[0];
    if (known !== undefined) return known.isStateful;
    using lease = this.first();
    return (await lease.link.get(signal)).isStateful;
  }

  #instanceOf(caller: string): Instance {
    const own = this.#instances.find(({ owner }) => owner === caller);
    if (own !== undefined) return own;
    const free = this.#instances.find(({ owner }) => owner === undefined);
    const instance = free ?? this.#add();
    instance.owner = caller;
    return instance;
  }

  #add(): Instance {
    const { key, maxInstances, createLink } = this.#options;
    if (this.#instances.length >= maxInstances) {
      const unused = this.#instances.filter(({ users }) => users === 0).sort((a, b) => a.usedMs - b.usedMs)[0];
      if (unused === undefined) {
        throw new ToolError(
          'resource_exhausted',
          `All ${maxInstances} connections to the upstream ${key} are in use by other callers.`,
          {
            suggestion: 'Call again in a moment.',
            retryAfterMs: 1000,
          },
        );
      }
      this.#remove(unused);
    }
    const instance = new Instance(createLink());
    this.#instances.push(instance);
    return instance;
  }

  #remove(instance: Instance): void {
    instance.idleTimer?.[Symbol.dispose]();
    this.#instances.splice(this.#instances.indexOf(instance), 1);
    const ending = instance.link[Symbol.asyncDispose]().then(() => void this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  #lease(instance: Instance): Lease {
    instance.users += 1;
    instance.idleTimer?.[Symbol.dispose]();
    let isHeld = true;
    return {
      link: instance.link,
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#release(instance);
      },
    };
  }

  #release(instance: Instance): void {
    const { clock, idleStopMs, keepsFirst } = this.#options;
    instance.users -= 1;
    instance.usedMs = clock.monotonicMs();
    if (instance.users > 0 || idleStopMs === 0 || (keepsFirst && instance === this.#instances[0])) return;
    instance.idleTimer = clock.setTimer(idleStopMs, () => {
      // Whoever comes next begins with a fresh one.
      instance.owner = undefined;
      instance.link.close();
    });
  }
}
