/**
 * The connections of one upstream. The first serves the lists, and everybody where state is shared; otherwise each caller has one of
 * its own, so that no caller sees what another left behind in a server that remembers.
 */
import { ToolError } from '@mcp/tool-base';

import type { Clock } from '../clock.ts';
import { DEFAULT_IDLE_STOP_MS, DEFAULT_MAX_INSTANCES, type UpstreamSettings } from '../upstream-options.ts';
import { notUsed } from './connection-error.ts';
import type { Connection } from './connection.ts';
import type { InstancePlaces } from './instance-places.ts';
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
/** Of all connections, for the sessions of one caller, so that another one can call. */
const MAX_SHARE = 0.75;

export interface Lease extends Disposable {
  readonly link: Link;
}

class Instance {
  readonly link: Link;
  /** A caller, or one session of it. */
  owner: string | undefined;
  caller: string | undefined;
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
  /** One for each beside the first, where they are counted. */
  readonly #places: Disposable[] = [];
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
    if (!(await this.#isIsolated(signal))) return this.first();
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
    for (const { idleTimer } of this.#instances) idleTimer?.[Symbol.dispose]();
    for (const place of this.#places.splice(0)) place[Symbol.dispose]();
    await Promise.all([...this.#instances.map(({ link }) => link[Symbol.asyncDispose]()), ...this.#ending]);
  }

  async #isIsolated(signal: AbortSignal): Promise<boolean> {
    const { isolation = 'auto' } = this.#options.settings;
    if (isolation !== 'auto') return isolation !== 'shared';
    const known = this.open[0];
    if (known !== undefined) return known.isStateful;
    using lease = this.first();
    return (await lease.link.get(signal)).isStateful;
  }

  #instanceOf(caller: string, user: string): Instance {
    const own = this.#instances.find(({ owner }) => owner === user);
    if (own !== undefined) return own;
    this.#keepShare(caller);
    const free = this.#instances.find(({ owner }) => owner === undefined);
    const instance = free ?? this.#add();
    instance.owner = user;
    instance.caller = caller;
    return instance;
  }

  /** A caller with as many as it may have loses one before it gets another. */
  #keepShare(caller: string): void {
    const { key, maxInstances = DEFAULT_MAX_INSTANCES } = this.#options.settings;
    const max = Math.max(1, Math.floor(maxInstances * MAX_SHARE));
    const own = this.#instances.filter((each) => each.caller === caller);
    if (own.length < max) return;
    this.#evict(
      own,
      `This caller already uses ${own.length} connections to the upstream ${key}, the most one may have.`,
    );
  }

  #add(): Instance {
    const { settings, createLink } = this.#options;
    const { key, places, maxInstances = DEFAULT_MAX_INSTANCES } = settings;
    if (this.#instances.length >= maxInstances) {
      this.#evict(
        this.#instances,
        `All ${maxInstances} connections to the upstream ${key} are in use by other callers.`,
      );
    }
    if (places !== undefined) this.#takePlace(places);
    const instance = new Instance(createLink());
    this.#instances.push(instance);
    return instance;
  }

  /** For one beside the first. */
  #takePlace(places: InstancePlaces): void {
    if (this.#instances.length === 0) return;
    let place = places.take();
    if (place === undefined) {
      this.#evict(this.#instances, `No further program of the upstream ${this.#options.settings.key} may run now.`);
      if (this.#instances.length > 0) place = places.take();
    }
    if (place !== undefined) this.#places.push(place);
  }

  /** @throws {ToolError} when each is in use */
  #evict(among: readonly Instance[], problem: string): void {
    const unused = among.filter(({ users }) => users === 0);
    const [victim] = unused.sort((a, b) => this.#countOf(b.caller) - this.#countOf(a.caller) || a.usedMs - b.usedMs);
    if (victim !== undefined) return this.#remove(victim);
    const suggestion = 'Call again in a moment.';
    throw new ToolError('resource_exhausted', problem, { suggestion, retryAfterMs: 1000 });
  }

  /** How many a caller has: whoever has the most loses one, or many sessions of one would end those of all others. */
  #countOf(caller: string | undefined): number {
    return this.#instances.filter((each) => each.caller === caller).length;
  }

  #remove(instance: Instance): void {
    instance.idleTimer?.[Symbol.dispose]();
    this.#instances.splice(this.#instances.indexOf(instance), 1);
    this.#places.pop()?.[Symbol.dispose]();
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
