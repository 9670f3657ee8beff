/** The first block of the README of @mcp/health, which is checked against this file. */
import assert from 'node:assert/strict';
import { cpuCheck, diskCheck, eventLoopCheck, HealthMonitor, healthResponse, memoryCheck, tcpCheck } from '@mcp/health';

const database = tcpCheck({ name: 'database', host: '127.0.0.1', port: 5432, priority: 'critical', timeoutMs: 2000 });
await using monitor = new HealthMonitor({
  checks: [cpuCheck(), memoryCheck(), diskCheck({ path: '/var' }), eventLoopCheck(), database],
});
monitor.start();
process.once('SIGTERM', () => monitor.drain('SIGTERM')); // readiness fails first, liveness stays
const answer = healthResponse(monitor.report('ready'), { detail: false }); // 200 or 503, {"status":"pass"}

await monitor.refresh();
assert.ok([200, 503].includes(answer.status));
assert.equal(answer.headers.get('content-type'), 'application/health+json');
