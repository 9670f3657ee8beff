/** Reads every upstream of a configuration once, side by side, from this process. */
import { createLauncher, SandboxLauncher } from '@mcp/tool-base';
import { LockFile, Upstream, type PinStore } from '@mcp/upstreams';

import { upstreamOptions } from '../../configuration/settings/upstream-options.ts';
import type { ServerConfig } from '../../configuration/shape/server-config.ts';
import { clientCredentialsSource } from '../../upstreams/client-credentials.ts';
import { LastLines } from '../../upstreams/last-lines.ts';
import { version } from '../../foundation/version.ts';

export interface ReadUpstream {
  readonly upstream: Upstream;
  /** Why its tools could not be read. */
  readonly problem: string | undefined;
  /** What its program wrote to stderr last. */
  readonly stderr: readonly string[];
  /** Own names of approved tools and prompts that it no longer lists. */
  readonly gone: readonly string[];
}

export interface ReadUpstreams extends AsyncDisposable {
  /** In the order of the configuration. */
  readonly upstreams: readonly ReadUpstream[];
}

export interface ReadOptions {
  /** Only what the lock file has counts as approved. */
  readonly locked: boolean;
  /** Whether approvals are kept, and with them the first list of an upstream. */
  readonly keeps: boolean;
}

export async function readUpstreams(values: ServerConfig, { locked, keeps }: ReadOptions): Promise<ReadUpstreams> {
  const file = new LockFile(values.federation.lockFile);
  const store: PinStore = keeps ? file : { read: (key, list) => file.read(key, list), write: () => undefined };
  const launcher = new SandboxLauncher({ plain: await createLauncher() });
  const upstreams = Object.keys(values.upstreams).map((key) => {
    const options = upstreamOptions(values, key, { version, store, launcher, tokens: clientCredentialsSource });
    const stderr = new LastLines();
    const upstream = new Upstream({ ...options, ...(locked && { trust: { mode: 'locked', store } }) }, (change) => {
      if (change.type === 'error_line') stderr.add(change.line);
    });
    return { upstream, stderr };
  });
  return {
    upstreams: await Promise.all(
      upstreams.map(async ({ upstream, stderr }) => ({ ...(await read(upstream, store)), stderr: stderr.take() })),
    ),
    async [Symbol.asyncDispose]() {
      await Promise.all(upstreams.map(({ upstream }) => upstream[Symbol.asyncDispose]()));
      await launcher[Symbol.asyncDispose]();
    },
  };
}

async function read(upstream: Upstream, store: PinStore): Promise<Omit<ReadUpstream, 'stderr'>> {
  try {
    await upstream.readTools();
  } catch (error) {
    return { upstream, problem: (error as Error).message, gone: [] };
  }
  const { tools, pending, withheld, excluded, trust, trustProblem } = upstream.report();
  if (trustProblem !== undefined || trust === 'open') return { upstream, problem: trustProblem, gone: [] };
  const known = new Set([
    ...[...tools, ...pending].map(({ upstreamName }) => upstreamName),
    ...withheld.map(({ name }) => name),
    ...excluded,
  ]);
  const approvedTools = Object.keys(store.read(upstream.key, 'tools') ?? {});
  const approvedPrompts = upstream.prompts && Object.keys(store.read(upstream.key, 'prompts') ?? {});
  const gone = [
    ...approvedTools.filter((name) => !known.has(name)),
    ...(approvedPrompts ?? []).filter((name) => upstream.prompts?.hasListed(name) === false),
  ];
  return { upstream, problem: undefined, gone };
}
