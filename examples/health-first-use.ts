/** The blocks of the README of @mcp/health, which is checked against this file. */
import assert from 'node:assert/strict';
import type { CheckDefinition } from '@mcp/health';
import { diskCheck, HealthMonitor, healthResponse, memoryCheck, tcpCheck } from '@mcp/health';

const database = tcpCheck({ name: 'database', host: '127.0.0.1', port: 5432, priority: 'critical' });
const monitor = new HealthMonitor({ checks: [memoryCheck(), diskCheck(), database] });
try {
  monitor.start(); // runs every check now and every 30 seconds
  await monitor.refresh(); // waits for the first results
  const report = monitor.report('ready');
  for (const { name, status, message } of report.checks) console.log(name, status, message);
  const response = healthResponse(report, { detail: false });
  console.log(response.status, await response.text()); // 503 {"status":"fail"} while nothing listens on port 5432
} finally {
  await monitor[Symbol.asyncDispose](); // `await using` does the same where the syntax is supported
}

assert.equal(monitor.report('ready').draining?.reason, 'the health monitor is disposed');

const queue = { length: (_options: { signal: AbortSignal }) => Promise.resolve(1200) };
const queueCheck: CheckDefinition = {
  name: 'queue',
  priority: 'important', // 'critical' | 'important' | 'informational'
  groups: ['ready'], // default: ready and startup
  timeoutMs: 500,
  async run({ signal }) {
    const length = await queue.length({ signal });
    return { status: length < 1000 ? 'healthy' : 'degraded', observedValue: length, observedUnit: 'jobs' };
  },
};

await using other = new HealthMonitor({ checks: [queueCheck] });
const [jobs] = (await other.refresh()).checks;
assert.deepEqual([jobs?.status, jobs?.observedValue], ['degraded', 1200]);
