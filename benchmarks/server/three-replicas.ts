/** Does a call cost more when three servers share limits, switches and events than when one server has the same Redis for itself? */
import { canRunRedis, RedisProcess } from '../../e2e/harness/redis-process.ts';
import { startCandidate, type Candidate } from './candidate.ts';
import { configurationOf } from './configuration-of.ts';
import { startLoad } from './load.ts';
import { measurePaired, type MeasuredServer } from './paired-cpu.ts';

const KIND = 'modern tools/call';

if (canRunRedis) await measure();
else
  process.stdout.write(
    '### tools/call with three servers of one cluster\n\nNot measured: there is no redis-server here.\n',
  );

async function measure(): Promise<void> {
  await using redis = await RedisProcess.start();
  /** Each has a load of its own, so that as many calls come together on each. */
  const start = async (count: number, name: string): Promise<MeasuredServer> => {
    const env = {
      MCP_CLUSTER_URL: redis.url,
      MCP_CLUSTER_SECRETS: 'b5c1f6a2d4e8907734ab12cd56ef9081',
      MCP_CLUSTER_NAME: name,
    };
    const first = await startCandidate({ name, server: 'ours', env });
    const others: Candidate[] = [];
    while (others.length < count - 1) others.push(await startCandidate({ name, server: 'ours', env }));
    const servers = [first, ...others].map((candidate) => ({ candidate, load: startLoad() }));
    return {
      pid: first.pid,
      otherPids: others.map(({ pid }) => pid),
      processes: count,
      configuration: `cluster.timeout=0.15 (default), ${await configurationOf(first)}`,
      async during(ms) {
        const reports = await Promise.all(servers.map(async ({ candidate, load }) => load.during(candidate, KIND, ms)));
        return { answers: reports.reduce((sum, { answers }) => sum + answers, 0) };
      },
      async stop() {
        for (const { candidate, load } of servers) {
          load[Symbol.dispose]();
          await candidate.stop();
        }
      },
    };
  };
  await measurePaired({
    title: 'tools/call with three servers of one cluster, against one server of a cluster',
    load: '64 connections to each server',
    baseline: { name: 'one server', start: () => start(1, 'one') },
    cases: [{ name: 'three servers', atMost: 1.1, start: () => start(3, 'three') }],
  });
}
