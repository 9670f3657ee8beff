/** The blocks of the README of @mcp/metrics, which is checked against this file. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { CircuitBreaker } from '@mcp/circuit-breaker';

import { createServer } from 'node:http';
import { BreakerMetrics, SystemMetrics, ToolMetrics } from '@mcp/metrics';
import { register } from 'prom-client';

const metrics = new ToolMetrics({ registry: register });
metrics.declare('dns_lookup'); // a known name has series of its own
const call = metrics.start('dns_lookup'); // running...
call.end({ status: 'success', outputBytes: 120 }); // ...ended; a second end would not count
console.log(metrics.stats('dns_lookup')); // count, window.p95Ms, window.failureRate, ...
const server = createServer((_request, response) => {
  void metrics.exposition().then(({ contentType, body }) => {
    response.setHeader('content-type', contentType).end(body);
  });
}).listen(0, '127.0.0.1'); // 0: any port that is free

const resolve = (_name: string, { signal }: { signal: AbortSignal }): Promise<string> =>
  Promise.resolve(signal.aborted ? 'too late' : '10.0.0.5');
const lookup = metrics.wrap('dns_lookup', resolve, { signal: (_name, { signal }) => signal });

const breaker = new CircuitBreaker({ name: 'name service' });
const system = new SystemMetrics({ registry: metrics.registry });
const request = system.requestStarted(); // request.end(ok)
using connection = system.connectionOpened();
const breakers = new BreakerMetrics({ registry: metrics.registry });
const watch = breakers.watch(breaker); // anything with name, state, stats() and on('transition')

assert.equal(await lookup('db.lab.internal', { signal: new AbortController().signal }), '10.0.0.5');
await once(server, 'listening');
const scrape = async (): Promise<string> =>
  await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`)).text();
const body = await scrape();
assert.match(body, /^mcp_tool_execution_total\{tool="dns_lookup",status="success",error_type="none"\} 2$/mu);
assert.match(body, /^mcp_system_active_requests 1$/mu);
assert.match(body, /^mcp_system_active_connections 1$/mu);
assert.match(body, /^circuit_breaker_state\{name="name service"\} 0$/mu);
request.end(true);
watch[Symbol.dispose]();
connection[Symbol.dispose]();
server.close();
server.closeAllConnections();
