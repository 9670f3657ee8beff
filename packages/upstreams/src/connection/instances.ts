/**
 * The connections of one upstream. The first serves the lists, and everybody where state is shared; otherwise each caller has one of
 * its own, so that no caller sees what another left behind in a server that remembers.
 */
import { ToolError } from '@mcp/tool-base';

import type { Clock } from '../clock.ts';
import { DEFAULT_IDLE_STOP_MS, DEFAULT_MAX_INSTANCES, type UpstreamSettings } from '../upstream-options.ts';
import { notUsed } from './connection-error.ts';
import type { Connection } from './connection.ts';
import { leastNeeded, shareOf, type HeldInstance, type InstancePlaces } from './instance-places.ts';
import type { Link } from './link.ts';

/** On whose behalf a connection is used. */
export interface InstanceUser {
  readonly name: string;
  /** Of the client, where it has one. */
  readonly session?: string | undefined;
}

export interface InstancesOptions {
  readonly settings: Pick<UpstreamSettings, 'key' | 'isolation' | 'maxInstances' | 'idleStopMs' | 'places'>;
  /** Whether the first is kept open however long nobody uses it. */
  readonly keepsFirst: boolean;
  readonly clock: Clock;
  readonly createLink: () => Link;
}

const MAX_DRAIN_MS = 600_000;

export interface Lease extends Disposable {
  readonly link: Link;
}

class Instance implements HeldInstance {
  readonly link: Link;
  /** A caller, or one session of it. */
  owner: string | undefined;
  caller: string | undefined;
  users = 0;
  usedMs = 0;
  idleTimer: Disposable | undefined;
  /** The first has none. */
  place: Disposable | undefined;

  constructor(link: Link, caller?: string) {
    this.link = link;
    this.caller = caller;
  }

  leavePlace(): void {
    this.place?.[Symbol.dispose]();
    this.place = undefined;
  }
}

export class Instances implements AsyncDisposable {
  readonly #options: InstancesOptions;
  readonly #instances: Instance[];
  readonly #ending = new Set<PromiseLike<void>>();
  /** Called when nobody uses any of them, once no more may begin to. */
  #onUnused: (() => void) | undefined;
  #isClosed = false;

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
  async forCaller({ name, session }: InstanceUser, signal: AbortSignal): Promise<Lease> {
    if (!(this.#isKnownIsolated ?? (await this.#isIsolated(signal)))) return this.first();
    const isOfSession = this.#options.settings.isolation === 'session' && session !== undefined;
    return this.#lease(this.#instanceOf(name, isOfSession ? `${name}\n${session}` : name));
  }

  /** Ends each; whoever uses one next opens it again. */
  restart(): void {
    for (const { link } of this.#instances) link.restart();
  }

  /** Nobody may begin to use one any more. */
  close(): void {
    this.#isClosed = true;
  }

  /** Resolves when nobody uses one any more, or after ten minutes. */
  async unused(): Promise<void> {
    if (this.#instances.every(({ users }) => users === 0)) return;
    const unused = Promise.withResolvers<void>();
    this.#onUnused = unused.resolve;
    using _ = this.#options.clock.setTimer(MAX_DRAIN_MS, unused.resolve);
    await unused.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const instance of this.#instances) {
      instance.idleTimer?.[Symbol.dispose]();
      instance.leavePlace();
    }
    await Promise.all([...this.#instances.map(({ link }) => link[Symbol.asyncDispose]()), ...this.#ending]);
  }

  /** Undefined where that depends on an upstream that no connection is open to. */
  get #isKnownIsolated(): boolean | undefined {
    const { isolation = 'auto' } = this.#options.settings;
    if (isolation !== 'auto') return isolation !== 'shared';
    return this.#instances.find(({ link }) => link.current)?.link.current?.isStateful;
  }

  async #isIsolated(signal: AbortSignal): Promise<boolean> {
    using lease = this.first();
    return (await lease.link.get(signal)).isStateful;
  }

  #instanceOf(caller: string, user: string): Instance {
    const own = this.#instances.find(({ owner }) => owner === user);
    if (own !== undefined) return own;
    this.#keepShare(caller);
    const free = this.#instances.find(({ owner }) => owner === undefined);
    const instance = free ?? this.#add(caller);
    instance.owner = user;
    instance.caller = caller;
    return instance;
  }

  /** A caller with as many as it may have loses one before it gets another. */
  #keepShare(caller: string): void {
    const { key, maxInstances = DEFAULT_MAX_INSTANCES } = this.#options.settings;
    const own = this.#of(caller);
    if (own.length < shareOf(maxInstances)) return;
    this.#evict(
      own,
      `This caller already uses ${own.length} connections to the upstream ${key}, the most one may have.`,
    );
  }

  #add(caller: string): Instance {
    const { settings, createLink } = this.#options;
    const { key, places, maxInstances = DEFAULT_MAX_INSTANCES } = settings;
    if (this.#instances.length >= maxInstances) {
      this.#evict(
        this.#instances,
        `All ${maxInstances} connections to the upstream ${key} are in use by other callers.`,
      );
    }
    const instance = new Instance(createLink(), caller);
    if (places !== undefined) this.#takePlace(places, instance);
    this.#instances.push(instance);
    return instance;
  }

  /** For one beside the first. */
  #takePlace(places: InstancePlaces, instance: Instance): void {
    if (this.#instances.length === 0) return;
    const take = (): Disposable | undefined => places.take(instance, () => this.#remove(instance));
    instance.place = take();
    if (instance.place !== undefined) return;
    const { key } = this.#options.settings;
    if (places.hasShare(instance.caller)) {
      const problem = `This caller already uses as many programs of upstreams as one may have.`;
      this.#evict(this.#of(instance.caller), problem);
    } else {
      this.#evict(this.#instances, `No further program of the upstream ${key} may run now.`);
    }
    // Where the first went, this or the next one is the first.
    if (this.#instances.length > 0) instance.place = take();
  }

  #of(caller: string | undefined): Instance[] {
    return this.#instances.filter((each) => each.caller === caller);
  }

  /** @throws {ToolError} when each is in use */
  #evict(among: readonly Instance[], problem: string): void {
    const victim = leastNeeded(among);
    if (victim !== undefined) return this.#remove(victim);
    const suggestion = 'Call again in a moment.';
    throw new ToolError('resource_exhausted', problem, { suggestion, retryAfterMs: 1000 });
  }

  #remove(instance: Instance): void {
    instance.idleTimer?.[Symbol.dispose]();
    this.#instances.splice(this.#instances.indexOf(instance), 1);
    instance.leavePlace();
    // Another may be the first now.
    this.#instances[0]?.leavePlace();
    const ending = instance.link[Symbol.asyncDispose]().then(() => void this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  #lease(instance: Instance): Lease {
    if (this.#isClosed) throw notUsed();
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
    const { clock, settings, keepsFirst } = this.#options;
    const { idleStopMs = DEFAULT_IDLE_STOP_MS } = settings;
    instance.users -= 1;
    instance.usedMs = clock.monotonicMs();
    if (this.#onUnused && this.#instances.every(({ users }) => users === 0)) this.#onUnused();
    if (instance.users > 0 || idleStopMs === 0 || (keepsFirst && instance === this.#instances[0])) return;
    instance.idleTimer = clock.setTimer(idleStopMs, () => {
      if (instance !== this.#instances[0]) return this.#remove(instance);
      // Whoever comes next begins with a fresh one.
      instance.owner = undefined;
      instance.caller = undefined;
      instance.link.close();
    });
  }
}
