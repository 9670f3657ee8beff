import { afterEach, beforeEach } from 'vitest';

import { ClusterMember } from './cluster-member.ts';
import { EngineProxy } from './engine-proxy.ts';
import { startRedis, type RedisServer } from './redis-server.ts';

/** For each test of a file: a Redis of its own, a proxy before it, and the servers that the test starts, which end with it. */
export class ProxiedCluster {
  redis!: RedisServer;
  proxy!: EngineProxy;
  readonly #started: AsyncDisposable[] = [];

  constructor() {
    beforeEach(async () => {
      this.redis = await startRedis();
      this.proxy = await EngineProxy.start(this.redis.port);
    });
    afterEach(async () => {
      for (const each of this.#started.splice(0)) await each[Symbol.asyncDispose]();
      await this.proxy[Symbol.asyncDispose]();
      await this.redis[Symbol.asyncDispose]();
    });
  }

  member(url: string, startTimeoutMs?: number): ClusterMember {
    const member = new ClusterMember(url, startTimeoutMs);
    this.#started.push(member.engine);
    return member;
  }
}
