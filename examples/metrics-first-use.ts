/** The blocks of the README of @mcp/metrics, which is checked against this file. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { CircuitBreaker } from '@mcp/circuit-breaker';
import { collectDefaultMetrics, register } from 'prom-client';

import { createServer } from 'node:http';
import { BreakerMetrics, SystemMetrics, ToolMetrics } from '@mcp/metrics';

const metrics = new ToolMetrics();
metrics.declare('dns_lookup'); // creates the series of the tool
const call = metrics.start('dns_lookup');
call.end({ status: 'success', outputBytes: 120 }); // only the first end counts
console.log(metrics.stats('dns_lookup')); // count, window.p95Ms, window.failureRate, ...
const server = createServer((_request, response) => {
  void metrics.exposition().then(({ contentType, body }) => {
    response.setHeader('content-type', contentType).end(body);
  });
}).listen(0, '127.0.0.1', () => console.log(server.address())); // any free port

const resolve = (_name: string, { signal }: { signal: AbortSignal }): Promise<string> =>
  Promise.resolve(signal.aborted ? 'aborted' : '10.0.0.5');
const lookup = metrics.wrap('dns_lookup', resolve, { signal: (_name, { signal }) => signal });

const breaker = new CircuitBreaker({ name: 'name service' });
const system = new SystemMetrics({ registry: metrics.registry });
const request = system.requestStarted(); // request.end(ok)
const connection = system.connectionOpened(); // connection[Symbol.dispose]() when it closes
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

collectDefaultMetrics({ register });
const onPromClient = new ToolMetrics({ registry: register });
assert.match((await onPromClient.exposition()).body, /^process_cpu_seconds_total /mu);
