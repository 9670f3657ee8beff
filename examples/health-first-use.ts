/** The blocks of the README of @mcp/health, which is checked against this file. */
import assert from 'node:assert/strict';
import { cpuCheck, diskCheck, eventLoopCheck, HealthMonitor, healthResponse, memoryCheck, tcpCheck } from '@mcp/health';

const database = tcpCheck({ name: 'database', host: '127.0.0.1', port: 5432, priority: 'critical', timeoutMs: 2000 });
await using monitor = new HealthMonitor({
  checks: [cpuCheck(), memoryCheck(), diskCheck({ path: '/var' }), eventLoopCheck(), database],
});
monitor.start();
process.once('SIGTERM', () => monitor.drain('SIGTERM')); // readiness fails first, liveness stays
const answer = healthResponse(monitor.report('ready'), { detail: false }); // 200 or 503, {"status":"pass"}

const queue = { depth: (_options: { signal: AbortSignal }) => Promise.resolve(1200) };
monitor.add({
  name: 'queue',
  priority: 'important', // 'critical' | 'important' | 'informational'
  groups: ['ready'], // default: ready and startup
  timeoutMs: 500,
  failureThreshold: 3,
  async run({ signal }) {
    const depth = await queue.depth({ signal });
    return { status: depth < 1000 ? 'healthy' : 'degraded', observedValue: depth, observedUnit: 'jobs' };
  },
});

await monitor.refresh();
assert.ok([200, 503].includes(answer.status));
assert.equal(answer.headers.get('content-type'), 'application/health+json');
const jobs = monitor.report('ready').checks.find(({ name }) => name === 'queue');
assert.deepEqual([jobs?.status, jobs?.observedValue], ['degraded', 1200]);
