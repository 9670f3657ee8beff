/** Against a real collector endpoint: an HTTP server that keeps what the exporter sends. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, test, vi } from 'vitest';

import { noTracer } from './call-tracer.ts';
import { openTracer } from './open-tracer.ts';

const parent = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  sampled: true,
  state: 'rojo=1,congo=t61',
};
const call = { tool: 'ping', caller: 'ann', correlationId: 'c-1', parent };

afterEach(() => vi.unstubAllEnvs());

describe('tracing', () => {
  test('is off, and loads nothing, without a collector', async () => {
    expect(await openTracer({})).toBe(noTracer);
    expect(await openTracer({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x', OTEL_SDK_DISABLED: 'true' })).toBe(noTracer);
  });

  test('sends a span for a call, as a child of the span of the caller', async () => {
    const bodies: string[] = [];
    const collector = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
      request.on('end', () => {
        bodies.push(body);
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    }).listen(0, '127.0.0.1');
    await once(collector, 'listening');
    const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    // The exporter reads its endpoint from the process's environment.
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', endpoint);
    const tracer = await openTracer(process.env);
    tracer.start(call)('timeout');
    await tracer.close();
    collector.close();
    const sent = bodies.join('');
    expect(sent).toContain('tools/call ping');
    expect(sent).toContain('timeout');
    expect(sent).toContain(parent.traceId);
    expect(sent).toContain(parent.spanId);
    expect(sent).toContain(parent.state);
  });
});
