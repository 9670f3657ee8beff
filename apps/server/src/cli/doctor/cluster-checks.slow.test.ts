/** What the doctor says of an engine, against a real Redis. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { openEngine } from '../../cluster/open-engine.ts';
import { hasRedis, startRedis, type RedisServer } from '../../cluster/test-support/redis-server.ts';
import { loadServerConfig } from '../../configuration/test-support/load-server-config.ts';
import type { ServerConfig } from '../../configuration/shape/server-config.ts';
import { checkCluster } from './cluster-checks.ts';
import type { Finding } from './finding.ts';

const OURS = 'b5c1f6a2d4e8907734ab12cd56ef9081';
const OTHERS = 'A7f0-Zk2.q9_WmX3+Lp8/Tr5=Yn6Vb1Gh';

let redis: RedisServer;
beforeEach(async () => {
  redis = await startRedis();
});
afterEach(() => redis[Symbol.asyncDispose]());

async function values(secret = OURS, name = 'mcp'): Promise<ServerConfig> {
  const store = await loadServerConfig(`
server: { transport: http }
security: { apiKey: k-1 }
cluster: { url: '${redis.url}', secrets: ['${secret}'], name: '${name}' }
`);
  return store.snapshot.values;
}

const listener = {
  onTable: () => {},
  onEntry: () => {},
  onEvent: () => {},
  onGap: () => {},
  onSessionEnded: () => {},
  onSessionField: () => {},
  onSessionMessage: () => {},
  onState: () => {},
};

/** While a server of the cluster runs. */
async function besideServer(secret: string, check: () => Promise<Finding[]>): Promise<Finding[]> {
  const engine = await openEngine(await values(secret));
  if (!engine) throw new Error('cluster.url is set');
  await using _ = engine;
  await engine.join(listener);
  return await check();
}

describe.runIf(hasRedis)('the doctor', { timeout: 30_000 }, () => {
  test('finds an engine that answers, and the servers there', async () => {
    const findings = await besideServer(OURS, async () => checkCluster(await values()));
    expect(findings).toMatchObject([{ level: 'ok', message: expect.stringContaining('servers seen: 1') }]);
  });

  test('says that an engine cannot be reached, and why', async () => {
    await redis.kill();
    expect(await checkCluster(await values())).toMatchObject([
      { level: 'problem', message: expect.stringContaining('nothing listens') },
    ]);
  });

  test('says that a password is wanted', async () => {
    await redis.command('config', 'set', 'requirepass', 'right');
    expect(await checkCluster(await values())).toMatchObject([
      { level: 'problem', message: expect.stringContaining('wants a password') },
    ]);
  });

  test('says that other servers use the name with other secrets, and leaves them as they are', async () => {
    const findings = await besideServer(OTHERS, async () => [
      ...(await checkCluster(await values())),
      ...(await checkCluster(await values(OTHERS))),
      ...(await checkCluster(await values(OURS, 'another'))),
    ]);
    expect(findings).toMatchObject([
      { level: 'problem', message: expect.stringContaining('with other cluster.secrets') },
      { level: 'ok' },
      { level: 'ok' },
    ]);
  });

  test('warns of a policy by which the engine loses keys, and of one that is nearly full', async () => {
    await redis.command('config', 'set', 'maxmemory-policy', 'allkeys-lru');
    expect(await checkCluster(await values())).toMatchObject([
      { level: 'warning', message: expect.stringContaining('Set noeviction') },
    ]);
    await redis.command('config', 'set', 'maxmemory-policy', 'noeviction');
    const used = Number(
      /used_memory:(?<bytes>\d+)/u.exec(String(await redis.command('info', 'memory')))?.groups?.['bytes'],
    );
    await redis.command('config', 'set', 'maxmemory', `${Math.ceil(used * 1.2)}`);
    expect(await checkCluster(await values())).toMatchObject([
      { level: 'warning', message: expect.stringContaining('% full') },
    ]);
    await redis.command('config', 'set', 'maxmemory', '1');
    expect(await checkCluster(await values())).toMatchObject([
      { level: 'problem', message: expect.stringContaining('its memory is full') },
    ]);
  });
});
