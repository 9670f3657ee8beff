import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

import { sealingKeys } from '../access/sealing-secrets.ts';
import { clusterTimes } from '../configuration/settings/milliseconds.ts';
import type { ServerConfig } from '../configuration/shape/server-config.ts';
import type { Channel } from '../worker-channel/channel.ts';
import type { ClusterEngine } from './engine.ts';

/**
 * The engine of `cluster.url`, or for a worker without one its primary; `undefined` for a server that runs alone, which loads
 * nothing.
 */
export async function openEngine(
  { cluster }: ServerConfig,
  worker?: { readonly channel: Channel; readonly number: number },
): Promise<ClusterEngine | undefined> {
  const url = cluster.url.reveal();
  const suffix = worker === undefined ? '' : `-w${worker.number}`;
  if (url === '') {
    if (!worker) return undefined;
    const { ParentEngine } = await import('./primary/parent-engine.ts');
    const replica = `${cluster.replica ?? hostname()}${suffix}`;
    return new ParentEngine({ channel: worker.channel, replica, ...clusterTimes(cluster) });
  }
  const { RedisEngine } = await import('./redis/redis-engine.ts');
  const seals = sealingKeys(
    cluster.secrets.map((secret) => Buffer.from(secret.reveal())),
    'mcp-server cluster',
  ).map((key) => createHash('sha256').update(key).digest('base64url').slice(0, 16));
  return new RedisEngine({
    url,
    name: cluster.name,
    replica: `${cluster.replica ?? `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`}${suffix}`,
    ...clusterTimes(cluster),
    seal: seals[0] ?? '',
    opens: seals,
  });
}
