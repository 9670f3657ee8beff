/** A real Redis that has not taken a write, has lost its last ones, or whose connections are lost without a word. */
import { describe, expect, test } from 'vitest';

import type { ClusterMember } from './test-support/cluster-member.ts';
import { ProxiedCluster } from './test-support/proxied-cluster.ts';
import { hasRedis } from './test-support/redis-server.ts';

const poll = { timeout: 15_000, interval: 20 };

const cluster = new ProxiedCluster();

const joined = (url = cluster.redis.url, startTimeoutMs?: number): Promise<ClusterMember> =>
  cluster.member(url, startTimeoutMs).join();

describe.runIf(hasRedis)('servers of a cluster', { timeout: 60_000 }, () => {
  test('share what a single command has failed to share, though the engine answers all others', async () => {
    const [a, b] = [await joined(cluster.proxy.url), await joined()];
    cluster.proxy.failure = "OOM command not allowed when used memory > 'maxmemory'.";
    expect(await a.switches.set('ping', 'off')).toBe('local');
    cluster.proxy.failure = undefined;
    await expect.poll(() => b.inForce.get('ping'), poll).toBe('off');
    cluster.proxy.failure = 'MISCONF Redis is configured to save RDB snapshots';
    await a.sessions.end('s');
    cluster.proxy.failure = undefined;
    await expect.poll(() => b.ended, poll).toEqual(['s']);
    expect(a.states).toEqual(['up']);
  });

  test('give an engine that comes back as it was a while ago what was set and ended since', async () => {
    const [a, b] = [await joined(), await joined()];
    await a.switches.set('ping', 'on');
    await a.switches.set('df', 'off');
    await a.engine.append('before');
    await cluster.redis.command('save');
    await a.switches.set('ping', 'off');
    await a.sessions.end('s');
    await a.engine.append('lost');
    await expect.poll(() => [a.events.at(-1), b.events.at(-1)], poll).toEqual(['lost', 'lost']);
    await cluster.redis.kill();
    await cluster.redis.start();
    await expect.poll(() => [a.gaps, b.gaps], poll).toEqual([1, 1]);
    const inForce = async (): Promise<unknown> => {
      const late = await joined();
      return [late.inForce.get('ping'), late.inForce.get('df'), await late.sessions.isEnded('s', 0)];
    };
    await expect.poll(inForce, poll).toEqual(['off', 'off', true]);
    await a.engine.append('after');
    await expect.poll(() => b.events, poll).toEqual(['before', 'lost', 'after']);
  });

  test('report once that an engine has lost its data of which they had read nothing, and share again', async () => {
    const [a, b] = [await joined(), await joined()];
    await cluster.redis.kill();
    await expect.poll(() => [a.engine.state, b.engine.state], poll).toEqual(['down', 'down']);
    await cluster.redis.start();
    await expect.poll(() => [a.engine.state, b.engine.state], poll).toEqual(['up', 'up']);
    await a.engine.append('after');
    await expect.poll(() => b.events, poll).toEqual(['after']);
    expect([a.gaps, b.gaps]).toEqual([1, 1]);
  });

  test('report no gap where an engine comes back with everything', async () => {
    const [a, b] = [await joined(), await joined()];
    await a.engine.append('before');
    await expect.poll(() => b.events, poll).toEqual(['before']);
    await cluster.redis.command('save');
    await cluster.redis.kill();
    await cluster.redis.start();
    await expect
      .poll(() => [a.states.at(-1), b.states.at(-1), a.states.length, b.states.length], poll)
      .toEqual(['up', 'up', 3, 3]);
    await a.engine.append('after');
    await expect
      .poll(() => [a.events, b.events], poll)
      .toEqual([
        ['before', 'after'],
        ['before', 'after'],
      ]);
    expect([a.gaps, b.gaps]).toEqual([0, 0]);
  });

  test('connect again when their connections pass nothing on any more, and no end is notified', async () => {
    const [a, b] = [await joined(cluster.proxy.url), await joined()];
    cluster.proxy.forgetConnections();
    await b.switches.set('ping', 'off');
    await expect
      .poll(
        () =>
          a.engine.append('x').then(
            () => 'sent',
            () => 'not sent',
          ),
        poll,
      )
      .toBe('sent');
    await expect.poll(() => a.inForce.get('ping'), poll).toBe('off');
    expect(a.engine.health()).toMatchObject({ status: 'healthy' });
  });

  test('do not start where the engine takes no second connection, on which changes arrive', async () => {
    cluster.proxy.maxConnections = 1;
    await expect(joined(cluster.proxy.url, 1000)).rejects.toThrow(/cannot be reached/u);
  });

  test('do not count as joined while changes cannot arrive, and know what was changed when they can', async () => {
    const [a, b] = [await joined(cluster.proxy.url), await joined()];
    cluster.proxy.maxConnections = 1;
    cluster.proxy.closeConnections();
    await expect.poll(() => a.engine.state, poll).toBe('down');
    await b.switches.set('ping', 'off');
    expect(await a.switches.set('df', 'off')).toBe('local');
    expect(a.engine.health()).toMatchObject({ status: 'degraded' });
    cluster.proxy.maxConnections = Infinity;
    await expect.poll(() => [a.engine.state, a.inForce.get('ping')], poll).toEqual(['up', 'off']);
    await expect.poll(() => b.inForce.get('df'), poll).toBe('off');
  });

  test('pass over what stands in the engine that no server has written', async () => {
    const a = await joined();
    await cluster.redis.command(
      'hset',
      '{t}:switches',
      'ping',
      'words',
      'df',
      '99999999999999999999:off',
      'du',
      '-1:off',
      'ps',
      '7:off',
    );
    await cluster.redis.command('set', '{t}:switches:v', 'words');
    for (const data of ['words', 'NaN:off', '-5:off', ''])
      await cluster.redis.command(
        'xadd',
        '{t}:events',
        '*',
        'kind',
        'entry',
        'table',
        'switches',
        'name',
        'ping',
        'data',
        data,
      );
    const late = await joined();
    expect(late.inForce).toEqual(new Map([['ps', 'off']]));
    for (const name of ['ping', 'df', 'ps']) expect(await a.switches.set(name, 'on')).toBe('everywhere');
    await expect
      .poll(() => late.inForce, poll)
      .toEqual(
        new Map([
          ['ping', 'on'],
          ['df', 'on'],
          ['ps', 'on'],
        ]),
      );
    await cluster.redis.command('set', '{t}:rl:ann', 'words');
    expect(await a.engine.take('ann', { requests: 1, windowMs: 60_000, burst: 1 }, 1)).toEqual({
      allowed: true,
      calls: 1,
    });
  });

  test('refuse to start where keys of their name hold something else', async () => {
    await cluster.redis.command('set', '{t}:events', 'words');
    await expect(joined()).rejects.toThrow(/holds something else under keys that begin with/u);
  });
});
