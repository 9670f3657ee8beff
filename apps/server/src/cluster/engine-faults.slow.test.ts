/** A real Redis that answers with errors or slowly while servers use it, and what they refuse when they start. */
import { describe, expect, test, vi } from 'vitest';

import { SharedRateLimiter } from './shared/shared-rate-limiter.ts';
import type { ClusterMember } from './test-support/cluster-member.ts';
import { ProxiedCluster } from './test-support/proxied-cluster.ts';
import { hasRedis } from './test-support/redis-server.ts';

/** Below the burst of which calls are reserved: each call is asked for. */
const limits = { requests: 6000, windowMs: 60_000, burst: 1900 };
const poll = { timeout: 15_000, interval: 20 };

const cluster = new ProxiedCluster();

/** Blocks the event loop, as a long computation or a machine without a free processor does. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

const joined = (url = cluster.proxy.url): Promise<ClusterMember> => cluster.member(url).join();

describe.runIf(hasRedis)('servers whose engine', { timeout: 60_000 }, () => {
  test.each([
    ['LOADING Redis is loading the dataset in memory', /reading its data/u],
    ['BUSY Redis is busy running a script.', /busy with a script/u],
    ['MISCONF Redis is configured to save RDB snapshots', /cannot write to its disk/u],
    ["OOM command not allowed when used memory > 'maxmemory'.", /memory is full/u],
    ["READONLY You can't write against a read only replica.", /answers READONLY/u],
    ['NOAUTH Authentication required.', /answers NOAUTH/u],
    ['NOREPLICAS Not enough good replicas to write.', /too few replicas/u],
    ['CLUSTERDOWN The cluster is down', /Cluster that is down/u],
    ['ERR something of a proxy', /answers ERR/u],
  ])('answers "%s" let every call start, say why, and share again afterwards', async (failure, message) => {
    const [server, other] = [await joined(), await joined(cluster.redis.url)];
    const limiter = new SharedRateLimiter({ engine: server.engine, limits });
    cluster.proxy.failure = failure;
    for (let call = 0; call < 10; call++) {
      expect(await limiter.take({ caller: 'ann', tool: 'ping' })).toMatchObject({ allowed: true });
    }
    expect(limiter.fallbacks).toBe(10);
    expect(server.engine.state).toBe('down');
    expect(server.engine.health()).toMatchObject({ status: 'degraded', message: expect.stringMatching(message) });
    expect(await server.switches.set('ping', 'off')).toBe('local');
    cluster.proxy.failure = undefined;
    await expect.poll(() => other.inForce.get('ping'), poll).toBe('off');
    expect(server.engine.state).toBe('up');
  });

  test('has become a replica connect again, as its address may lead to another', async () => {
    const server = await joined();
    const before = cluster.proxy.connections;
    cluster.proxy.failure = "READONLY You can't write against a read only replica.";
    for (let call = 0; call < 3; call++) await server.engine.append('event').catch(() => {});
    await expect.poll(() => cluster.proxy.connections, poll).toBeGreaterThanOrEqual(before + 2);
    cluster.proxy.failure = undefined;
    await expect.poll(() => server.engine.state, poll).toBe('up');
  });

  test('answers slowly wait for it, and without it when it takes longer than they wait', async () => {
    const server = await joined();
    const limiter = new SharedRateLimiter({ engine: server.engine, limits });
    cluster.proxy.delayMs = 40;
    for (let call = 0; call < 5; call++) await limiter.take({ caller: 'ann', tool: 'ping' });
    expect(server.engine.state).toBe('up');
    cluster.proxy.delayMs = 400;
    const decisions = await Promise.all(
      Array.from({ length: 50 }, async () => limiter.take({ caller: 'ann', tool: 'ping' })),
    );
    expect(decisions.every(({ allowed }) => allowed)).toBe(true);
    expect(server.engine.state).toBe('down');
    expect(server.engine.health().message).toMatch(/does not answer/u);
    cluster.proxy.delayMs = 0;
    await expect.poll(() => server.engine.state, poll).toBe('up');
  });

  test('has answered while they stood still read the answer, however late', async () => {
    const server = await joined(cluster.redis.url);
    const sent = Array.from({ length: 5 }, () => server.engine.append('event'));
    standStill(500);
    await expect(Promise.all(sent)).resolves.toBeDefined();
    expect(server.engine.state).toBe('up');
  });

  test('has its clock set back by an hour have a caller wait for no more than one interval', async () => {
    const { engine } = await joined(cluster.redis.url);
    const slow = { requests: 1, windowMs: 60_000, burst: 3 };
    expect(await engine.take('ann', slow, 1)).toMatchObject({ allowed: true });
    const [key = ''] = (await cluster.redis.command('keys', '{t}:rl:*')) as string[];
    const [seconds = ''] = (await cluster.redis.command('time')) as string[];
    await cluster.redis.command('set', key, `${Number(seconds) + 3600}000000`);
    const decision = await engine.take('ann', slow, 1);
    expect(decision.allowed ? 0 : decision.retryAfterMs).toBeGreaterThan(0);
    expect(decision.allowed ? 0 : decision.retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  test('has lost its data give it back which sessions they ended and what clients have set', async () => {
    const [a, b] = [await joined(cluster.redis.url), await joined(cluster.redis.url)];
    await a.sessions.end('ended by a');
    await a.sessions.set('s', 'level', 'info');
    await a.sessions.set('s', 'subscription x', 'on');
    await a.sessions.set('s', 'subscription x', '');
    await b.sessions.set('s', 'level', 'error');
    await b.sessions.set('gone', 'level', 'error');
    await b.sessions.end('gone');
    await expect.poll(() => a.fields.length, poll).toBe(5);
    await cluster.redis.kill();
    const ending = b.sessions.end('ended by b while it was down');
    await cluster.redis.start();
    await ending;
    await expect.poll(() => [a.gaps, b.gaps], poll).toEqual([1, 1]);
    b.sessions.catchUp();
    const late = await joined(cluster.redis.url);
    const known = async (): Promise<unknown> => [
      await late.sessions.isEnded('ended by a', 0),
      await late.sessions.isEnded('ended by b while it was down', 0),
      await late.sessions.isEnded('gone', 0),
      await late.sessions.isEnded('s', 0),
      [...(await late.sessions.fields('s', 0))],
      [...(await late.sessions.fields('gone', 0))],
    ];
    await expect.poll(known, poll).toEqual([true, true, true, false, [['level', 'error']], []]);
    expect(await cluster.redis.command('pttl', '{t}:ended:ended by a')).toBeGreaterThan(3_600_000);
  });
});

describe.runIf(hasRedis)('a start is refused at once by an engine that', { timeout: 60_000 }, () => {
  const starting = (url: string): Promise<void> => {
    const server = cluster.member(url, 300_000);
    return server.engine.join(server);
  };

  test('lets its user write but not follow what others do', async () => {
    await cluster.redis.command('acl', 'setuser', 'writer', 'on', '>p@ss:w/rd#?%', '~*', '+@all', '-xread');
    const credential = `writer:${encodeURIComponent('p@ss:w/rd#?%')}@`;
    await expect(starting(cluster.redis.url.replace('//', `//${credential}`))).rejects.toThrow(
      /does not let this user/u,
    );
    await cluster.redis.command('acl', 'setuser', 'writer', '+xread', '-time');
    await expect(starting(cluster.redis.url.replace('//', `//${credential}`))).rejects.toThrow(
      /does not let this user/u,
    );
    await cluster.redis.command('acl', 'setuser', 'writer', '+time', 'resetkeys', '~{t}:*');
    await starting(cluster.redis.url.replace('//', `//${credential}`));
  });

  test('does not let its user read how full it is, and nothing but the message is printed', async () => {
    const print = vi.spyOn(console, 'warn');
    await cluster.redis.command('acl', 'setuser', 'blind', 'on', '>pass', '~*', '+@all', '-info');
    await expect(starting(cluster.redis.url.replace('//', '//blind:pass@'))).rejects.toThrow(/does not let this user/u);
    expect(print.mock.calls).toEqual([]);
    expect(await cluster.redis.command('keys', '*')).toEqual([]);
    print.mockRestore();
  });

  test('does not have the database of the URL', async () => {
    await expect(starting(`${cluster.redis.url}/99`)).rejects.toThrow(/does not have the database/u);
    expect(await cluster.redis.command('keys', '*')).toEqual([]);
    await starting(`${cluster.redis.url}/3`);
  });

  test.each([
    ["ERR unknown command 'evalsha', with args beginning with: ", /may be a Sentinel/u],
    ['MASTERDOWN Link with MASTER is down', /lost its primary/u],
    ['MOVED 5798 10.0.0.7:6379', /another node holds the keys/u],
  ])('answers "%s"', async (failure, message) => {
    const server = cluster.member(cluster.proxy.url, 300_000);
    // Its connection is there; what follows is what the commands of a start are answered.
    await expect.poll(() => server.engine.append('x').then(() => 'sent', String), poll).toMatch(/does not answer/u);
    await expect.poll(() => cluster.proxy.connections, poll).toBeGreaterThanOrEqual(2);
    cluster.proxy.failure = failure;
    await expect(server.engine.join(server)).rejects.toThrow(message);
  });
});
