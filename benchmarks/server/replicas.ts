/** What does a call cost when the server shares its limits, switches and events with others through Redis? */
import { canRunRedis, RedisProcess } from '../../e2e/harness/redis-process.ts';
import { measureCpu } from './paired-cpu.ts';

if (canRunRedis) await measure();
else process.stdout.write('### tools/call with a shared Redis\n\nNot measured: there is no redis-server here.\n');

async function measure(): Promise<void> {
  await using redis = await RedisProcess.start();
  await measureCpu({
    title: 'tools/call with a shared Redis, against the same server alone',
    baseline: { name: '@mcp/server alone', server: 'ours', kind: 'modern tools/call' },
    cases: [
      {
        name: '@mcp/server with cluster.url',
        server: 'ours',
        kind: 'modern tools/call',
        env: { MCP_CLUSTER_URL: redis.url, MCP_CLUSTER_SECRETS: 'b5c1f6a2d4e8907734ab12cd56ef9081' },
      },
    ],
  });
}
