/**
 * What does one rate limit over all servers take of a call, in time and in processor time? A server with `cluster.url` against the same
 * server alone, in windows that take turns; beside it a bare PING by the same client library, which is the least that asking Redis costs.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { canRunRedis, RedisProcess } from '../../e2e/harness/redis-process.ts';
import { cpuMs } from '../harness/process-time.ts';
import { quick } from '../harness/quick.ts';
import { against, percentile, printResults, show, spread } from '../harness/table.ts';
import { startCandidate, type Candidate } from './candidate.ts';
import { configurationOf } from './configuration-of.ts';
import { startLoad, type Load } from './load.ts';

const KIND = 'modern tools/call';
const MAX_P50_MS = 0.5;
const MAX_US = 30;
const PAIRS = quick ? 2 : 8;
const WINDOW_MS = quick ? 300 : 800;
const WARM_UP_MS = quick ? 1500 : 4000;
const PINGS = 2000;

interface Sample {
  readonly us: number;
  readonly p50Ms: number;
}

/** The library is a dependency of the server only. */
const { Redis } = createRequire(fileURLToPath(import.meta.resolve('@mcp/server/package.json')))('ioredis') as {
  readonly Redis: new (
    url: string,
    options: object,
  ) => { readonly ping: () => Promise<unknown>; readonly disconnect: () => void };
};

async function pings(redis: { readonly ping: () => Promise<unknown> }, atOnce: number): Promise<Sample> {
  const waits: number[] = [];
  const before = process.cpuUsage();
  const caller = async (): Promise<void> => {
    for (let call = 0; call < PINGS / atOnce; call++) {
      const startedMs = performance.now();
      await redis.ping();
      waits.push(performance.now() - startedMs);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
  const { user, system } = process.cpuUsage(before);
  return { us: (user + system) / waits.length, p50Ms: percentile(waits, 0.5) };
}

async function calls(load: Load, server: Candidate, connections: number, ms = WINDOW_MS): Promise<Sample> {
  const before = cpuMs(server.pid);
  const { answers, p50Ms } = await load.during(server, KIND, ms, connections);
  return { us: (1000 * (cpuMs(server.pid) - before)) / answers, p50Ms };
}

function rowOf(
  name: string,
  samples: readonly Sample[],
  limits: { readonly us?: number; readonly p50Ms?: number } = {},
): string[] {
  const us = spread(samples.map((sample) => sample.us));
  const p50 = spread(samples.map((sample) => sample.p50Ms));
  return [
    name,
    show(us, 1),
    limits.us === undefined ? '' : against(limits.us, us.median),
    show(p50, 3),
    limits.p50Ms === undefined ? '' : against(limits.p50Ms, p50.median),
  ];
}

async function measure(): Promise<void> {
  await using server = await RedisProcess.start();
  const redis = new Redis(server.url, { protocol: 2 });
  const env = { MCP_CLUSTER_URL: server.url, MCP_CLUSTER_SECRETS: 'b5c1f6a2d4e8907734ab12cd56ef9081' };
  const alone = await startCandidate({ name: 'alone', server: 'ours' });
  const shared = await startCandidate({ name: 'shared', server: 'ours', env });
  const rows: string[][] = [];
  try {
    using load = startLoad();
    for (const candidate of [alone, shared]) await calls(load, candidate, 64, WARM_UP_MS);
    for (const connections of [1, 8, 64]) {
      const more: Sample[] = [];
      const bare: Sample[] = [];
      await pings(redis, connections);
      for (let pair = 0; pair < PAIRS; pair++) {
        const without = await calls(load, alone, connections);
        const sharing = await calls(load, shared, connections);
        more.push({ us: sharing.us - without.us, p50Ms: sharing.p50Ms - without.p50Ms });
        bare.push(await pings(redis, connections));
      }
      // The wait is of one call: with more, it is mostly that of the others' work.
      const limits = { us: MAX_US, ...(connections === 1 && { p50Ms: MAX_P50_MS }) };
      rows.push(rowOf(`a call with cluster.url, more than one without, ${connections} at a time`, more, limits));
      rows.push(rowOf(`a bare PING, ${connections} at a time`, bare));
    }
    printResults({
      title: 'One rate limit over all servers',
      method: `${PAIRS} pairs of windows, Redis on the same machine; median (least-greatest); cluster.timeout=0.15 (default), ${await configurationOf(shared)}`,
      columns: ['', 'µs of processor', 'at most', 'p50, ms', 'at most'],
      rows,
    });
  } finally {
    redis.disconnect();
    for (const candidate of [alone, shared]) await candidate.stop();
  }
}

if (canRunRedis) await measure();
else process.stdout.write('### One rate limit over all servers\n\nNot measured: there is no redis-server here.\n');
