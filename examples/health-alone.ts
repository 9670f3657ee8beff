// node --conditions=@mcp/source examples/health-alone.ts
// Uses @mcp/health by itself: a small HTTP server with probes, a dependency that goes away and comes back, a hanging check,
// and a shutdown. It checks its own claims and exits with 1 if one does not hold.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { diskCheck, eventLoopCheck, HealthMonitor, healthResponse, memoryCheck, tcpCheck } from '@mcp/health';
import type { Group } from '@mcp/health';

async function listen(server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

let database = createTcpServer((socket) => void socket.end());
const databasePort = await listen(database);

await using monitor = new HealthMonitor({
  checks: [
    memoryCheck(),
    diskCheck(),
    eventLoopCheck(),
    tcpCheck({ name: 'database', host: '127.0.0.1', port: databasePort, priority: 'critical', timeoutMs: 500 }),
  ],
});
monitor.on('changed', ({ status, check }) => {
  process.stdout.write(`${status}${check ? ` (${check.name} is ${check.status})` : ''}\n`);
});
monitor.start();

const groups: Readonly<Record<string, Group>> = {
  '/health/live': 'live',
  '/health/ready': 'ready',
  '/health/startup': 'startup',
};
const web = createServer((request, response) => {
  const answer = healthResponse(monitor.report(groups[request.url ?? '']), {
    detail: request.url === '/health/detail',
  });
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  void answer.text().then((body) => response.end(body));
});
const origin = `http://127.0.0.1:${await listen(web)}`;

async function probe(
  path: string,
): Promise<{ code: number; body: { status: string; checks?: Record<string, unknown> } }> {
  const response = await fetch(origin + path, { headers: { connection: 'close' } });
  assert.equal(response.headers.get('content-type'), 'application/health+json');
  return { code: response.status, body: (await response.json()) as { status: string } };
}

// All is well.
await monitor.refresh();
assert.equal((await probe('/health/ready')).code, 200);
assert.equal((await probe('/health/startup')).code, 200);
assert.deepEqual(Object.keys((await probe('/health')).body), ['status'], 'the public gets the status and no more');
assert.ok((await probe('/health/detail')).body.checks?.['database:connect'], 'the detailed view names the checks');

// The database goes away: not ready, but no reason to restart.
database.close();
await monitor.refresh();
assert.deepEqual(await probe('/health/ready'), { code: 503, body: { status: 'fail' } });
assert.equal((await probe('/health/live')).code, 200);

// It comes back.
database = createTcpServer((socket) => void socket.end());
await listen(database, databasePort);
await monitor.refresh();
assert.equal((await probe('/health/ready')).code, 200);

// A check that hangs and ignores its signal costs its own timeout and nobody's answer.
const hanging = monitor.add({
  name: 'hangs',
  priority: 'important',
  timeoutMs: 200,
  run: () => new Promise(() => undefined),
});
const startedAt = performance.now();
const { checks } = await monitor.refresh();
assert.ok(performance.now() - startedAt < 1000);
assert.equal(checks.find(({ name }) => name === 'hangs')?.message, 'timed out after 200 ms');
assert.equal((await probe('/health/ready')).body.status, 'warn', 'important: degraded, still served');
hanging[Symbol.dispose]();

// Shutting down: readiness first.
monitor.drain('SIGTERM');
assert.equal((await probe('/health/ready')).code, 503);
assert.equal((await probe('/health/live')).code, 200);

web.close();
database.close();
process.stdout.write('health-alone: all claims hold\n');
