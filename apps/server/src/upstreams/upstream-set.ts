/** The upstreams of the configuration in effect. One whose settings did not change keeps its connection over a reload. */
import type { HealthMonitor } from '@mcp/health';
import type { Launcher } from '@mcp/tool-base';
import { LockFile, StartTurns, Upstream, type UpstreamChange, type UpstreamReport } from '@mcp/upstreams';

import { repeat, systemClock } from '../clock.ts';
import { checkTiming } from '../configuration/milliseconds.ts';
import type { ServerConfig } from '../configuration/server-config.ts';
import { upstreamFingerprint, upstreamOptions } from '../configuration/upstream-options.ts';
import type { Toolset } from '../tools/toolset.ts';
import { version } from '../version.ts';
import { clientCredentialsSource } from './client-credentials.ts';
import { upstreamCheck, upstreamCheckName } from './upstream-check.ts';

export interface UpstreamSetOptions {
  readonly toolset: Toolset;
  readonly health: Pick<HealthMonitor, 'add' | 'refresh'>;
  /** Starts the programs of upstreams. */
  readonly launcher: Pick<Launcher, 'open'>;
  readonly onChange: (key: string, change: UpstreamChange) => void;
}

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
  readonly #ending = new Set<Promise<void>>();
  readonly #turns = new StartTurns(MAX_STARTING);
  #lockFile: LockFile | undefined;
  #watching: Disposable | undefined;

  constructor(options: UpstreamSetOptions) {
    this.#options = options;
  }

  /** Starts what is new, replaces what changed and removes what is gone. Nothing waits for an upstream. */
  apply(values: ServerConfig): void {
    const next = new Map<string, Member>();
    for (const key of Object.keys(values.upstreams)) {
      const fingerprint = upstreamFingerprint(values, key);
      const current = this.#members.get(key);
      next.set(key, current?.fingerprint === fingerprint ? current : this.#begin(values, key, fingerprint));
    }
    for (const [key, member] of this.#members) {
      if (next.get(key) === member) continue;
      if (!next.has(key)) this.#options.toolset.offer(key, []);
      this.#end(member);
    }
    this.#members = next;
    this.#watchLockFile();
  }

  /** In the order of the configuration. */
  reports(): UpstreamReport[] {
    return [...this.#members.values()].map(({ upstream }) => upstream.report());
  }

  get(key: string): Upstream | undefined {
    return this.#members.get(key)?.upstream;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watching?.[Symbol.dispose]();
    for (const member of this.#members.values()) this.#end(member);
    this.#members.clear();
    await Promise.all(this.#ending);
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

  #lockFileOf({ federation }: ServerConfig): LockFile {
    if (this.#lockFile?.path !== federation.lockFile) this.#lockFile = new LockFile(federation.lockFile);
    return this.#lockFile;
  }

  #begin(values: ServerConfig, key: string, fingerprint: string): Member {
    const { toolset, health, launcher, onChange } = this.#options;
    // Of the upstream that this one replaces: a name is used once.
    this.#members.get(key)?.check[Symbol.dispose]();
    const upstream = new Upstream(
      upstreamOptions(values, key, {
        version,
        store: this.#lockFileOf(values),
        launcher,
        tokens: clientCredentialsSource,
        turns: this.#turns,
      }),
      (change) => {
        // One that was replaced may still report its end.
        if (change.type === 'tools' && this.#members.get(key)?.upstream === upstream) {
          toolset.offer(key, upstream.tools, upstream.pendingTools);
        }
        onChange(key, change);
        if (change.type === 'error_line') return;
        void health.refresh(upstreamCheckName(key));
      },
    );
    const check = health.add(
      upstreamCheck({
        key,
        priority: values.upstreams[key]!.priority,
        timing: checkTiming(values.health),
        report: () => upstream.report(),
      }),
    );
    upstream.start();
    return { upstream, fingerprint, check };
  }

  #end({ upstream, check }: Member): void {
    check[Symbol.dispose]();
    const ending = upstream[Symbol.asyncDispose]().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}
