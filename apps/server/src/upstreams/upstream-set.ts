/** The upstreams of the configuration in effect. One whose settings did not change keeps its connection over a reload. */
import type { HealthMonitor } from '@mcp/health';
import type { Launcher } from '@mcp/tool-base';
import {
  InstancePlaces,
  LockFile,
  StartTurns,
  Upstream,
  type UpstreamChange,
  type UpstreamReport,
} from '@mcp/upstreams';

import { repeat, systemClock } from '../foundation/clock.ts';
import { programCount } from '../configuration/declarations/upstream-program-fields.ts';
import { checkTiming } from '../configuration/settings/milliseconds.ts';
import type { ServerConfig } from '../configuration/shape/server-config.ts';
import { upstreamFingerprint, upstreamOptions } from '../configuration/settings/upstream-options.ts';
import type { OfferedResources } from '../catalog/offered-resources.ts';
import type { PromptCatalog } from '../catalog/prompts.ts';
import { hasOpenBreaker } from '../observability/open-breaker.ts';
import type { Toolset } from '../tools/toolset.ts';
import { version } from '../foundation/version.ts';
import { clientCredentialsSource } from './client-credentials.ts';
import { upstreamCheck, upstreamCheckName } from './upstream-check.ts';
import { promptSource, resourceSource } from './upstream-contents.ts';
import type { UpstreamRequests } from './upstream-requests.ts';

export interface UpstreamSetOptions {
  readonly toolset: Toolset;
  readonly prompts: Pick<PromptCatalog, 'offer'>;
  readonly resources: Pick<OfferedResources, 'offer'>;
  /** A resource has changed; its address is the one that clients use. */
  readonly onResourceUpdated: (uri: string) => void;
  /** What every request for a prompt or resource passes. */
  readonly requests: UpstreamRequests;
  readonly health: Pick<HealthMonitor, 'add' | 'refresh'>;
  /** Starts the programs of upstreams. */
  readonly launcher: Pick<Launcher, 'open'>;
  readonly onChange: (key: string, change: UpstreamChange) => void;
  /** Whether operators left the upstream on at run time. */
  readonly isSwitchedOn: (key: string) => boolean;
}

/** Of no consequence for its health. */
const QUIET: ReadonlySet<UpstreamChange['type']> = new Set(['error_line', 'resource_updated', 'prompts', 'resources']);
const LOCK_FILE_CHECK_MS = 2000;
/** Programs that start at the same time, such as all of a configuration when the server starts. */
const MAX_STARTING = 4;

interface Member {
  readonly upstream: Upstream;
  readonly fingerprint: string;
  readonly check: Disposable;
}

export class UpstreamSet implements AsyncDisposable {
  readonly #options: UpstreamSetOptions;
  #members = new Map<string, Member>();
  /** Replaced or removed, with calls that still run. */
  readonly #retiring = new Set<Upstream>();
  readonly #turns = new StartTurns(MAX_STARTING);
  /** The configuration has no more programs than may run. */
  readonly #places = new InstancePlaces(0);
  #values: ServerConfig | undefined;
  #lockFile: LockFile | undefined;
  #watching: Disposable | undefined;

  constructor(options: UpstreamSetOptions) {
    this.#options = options;
  }

  /** Starts what is new, replaces what changed and removes what is gone. Nothing waits for an upstream. */
  apply(values: ServerConfig): void {
    this.#values = values;
    this.#places.limit = values.federation.maxProcesses - programCount(values.upstreams);
    const next = new Map<string, Member>();
    for (const key of Object.keys(values.upstreams)) {
      const fingerprint = upstreamFingerprint(values, key);
      const current = this.#members.get(key);
      next.set(key, current?.fingerprint === fingerprint ? current : this.#begin(values, key, fingerprint));
    }
    for (const [key, member] of this.#members) {
      if (next.get(key) === member) continue;
      this.#withdraw(key, next.has(key));
      this.#retire(member);
    }
    this.#members = next;
    this.#watchLockFile();
  }

  /** Takes up what an operator has just switched: calls that run finish, and one that is off has no connection or program. */
  switched(key: string): void {
    const member = this.#members.get(key);
    if (member === undefined || this.#values === undefined) return;
    this.#members.set(key, this.#begin(this.#values, key, member.fingerprint));
    this.#withdraw(key, true);
    this.#retire(member);
  }

  /** In the order of the configuration. */
  reports(): UpstreamReport[] {
    return [...this.#members.values()].map(({ upstream }) => upstream.report());
  }

  get(key: string): Upstream | undefined {
    return this.#members.get(key)?.upstream;
  }

  /** Ends all at once, those too that were replaced and still have calls. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#watching?.[Symbol.dispose]();
    const upstreams = [...this.#members.values()].map(({ upstream, check }) => {
      check[Symbol.dispose]();
      return upstream;
    });
    this.#members.clear();
    await Promise.all([...upstreams, ...this.#retiring].map((upstream) => upstream[Symbol.asyncDispose]()));
  }

  /** Another process approves tools, or a checkout brings another file. */
  #watchLockFile(): void {
    let { stamp } = this.#lockFile ?? { stamp: '' };
    this.#watching?.[Symbol.dispose]();
    this.#watching = repeat(systemClock, LOCK_FILE_CHECK_MS, () => {
      if (this.#lockFile === undefined || this.#lockFile.stamp === stamp) return;
      stamp = this.#lockFile.stamp;
      for (const { upstream } of this.#members.values()) upstream.recheckTrust();
    });
  }

  /** @param isReplaced the tools stay until the list of the one in its place has been read */
  #withdraw(key: string, isReplaced: boolean): void {
    const { toolset, prompts, resources } = this.#options;
    if (!isReplaced) toolset.offer(key, []);
    prompts.offer(key, undefined);
    resources.offer(key, undefined);
  }

  #lockFileOf({ federation }: ServerConfig): LockFile {
    if (this.#lockFile?.path !== federation.lockFile) this.#lockFile = new LockFile(federation.lockFile);
    return this.#lockFile;
  }

  #begin(values: ServerConfig, key: string, fingerprint: string): Member {
    const { health, launcher, onChange, toolset, isSwitchedOn } = this.#options;
    // Of the upstream that this one replaces: a name is used once.
    this.#members.get(key)?.check[Symbol.dispose]();
    const upstream = new Upstream(
      upstreamOptions(values, key, {
        version,
        store: this.#lockFileOf(values),
        launcher,
        tokens: clientCredentialsSource,
        turns: this.#turns,
        places: this.#places,
      }),
      (change) => {
        // One that was replaced may still report its end.
        if (this.#members.get(key)?.upstream === upstream) this.#follow(values.upstreams[key]!, upstream, change);
        onChange(key, change);
        if (QUIET.has(change.type)) return;
        void health.refresh(upstreamCheckName(key));
      },
    );
    const check = health.add(
      upstreamCheck({
        key,
        priority: values.upstreams[key]!.priority,
        timing: checkTiming(values.health),
        report: () => upstream.report(),
        isOpen: (tool) => hasOpenBreaker(toolset.registry.get(tool)),
        isSwitchedOn: () => isSwitchedOn(key),
      }),
    );
    if (isSwitchedOn(key)) upstream.start();
    return { upstream, fingerprint, check };
  }

  #follow(config: ServerConfig['upstreams'][string], upstream: Upstream, change: UpstreamChange): void {
    const { key, prompts, resources } = upstream;
    const { toolset, requests, onResourceUpdated } = this.#options;
    const parts = { requests, era: () => upstream.era };
    if (change.type === 'tools') toolset.offer(key, upstream.tools, upstream.pendingTools);
    if (change.type === 'prompts' && prompts) {
      this.#options.prompts.offer(key, promptSource(key, prompts, config.prompts ?? {}, parts));
    }
    if (change.type === 'resources' && resources) {
      this.#options.resources.offer(key, resourceSource(key, resources, config.resources ?? {}, parts));
    }
    if (change.type === 'resource_updated') onResourceUpdated(change.uri);
  }

  #retire({ upstream, check }: Member): void {
    check[Symbol.dispose]();
    this.#retiring.add(upstream);
    void upstream.retire().finally(() => this.#retiring.delete(upstream));
  }
}
