/** Against a real collector endpoint: an HTTP server that keeps what the exporter sends. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, test, vi } from 'vitest';

import { ManualClock } from '../../foundation/test-support/manual-clock.ts';
import { noTracer } from './call-tracer.ts';
import { openTracer } from './open-tracer.ts';
import { createOtlpTracer } from './otlp-tracer.ts';
import { resourceAttributes } from './resource-attributes.ts';
import type { TracingLog } from './tracing-log.ts';

const parent = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  sampled: true,
  state: 'rojo=1,congo=t61',
};
const call = { tool: 'ping', caller: 'ann', correlationId: 'c-1', parent };

afterEach(() => vi.unstubAllEnvs());

class Lines implements TracingLog {
  readonly lines: unknown[][] = [];
  readonly info = (...line: unknown[]): void => void this.lines.push(['info', ...line]);
  readonly warn = (...line: unknown[]): void => void this.lines.push(['warn', ...line]);
}

interface Collector extends AsyncDisposable {
  readonly endpoint: string;
  readonly bodies: string[];
  status: number;
}

async function startCollector(): Promise<Collector> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
    request.on('end', () => {
      bodies.push(body);
      response.writeHead(collector.status, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const collector: Collector = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    status: 200,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
  return collector;
}

async function closing(env: Record<string, string>, log: TracingLog): Promise<AsyncDisposable> {
  const tracer = await openTracer(env, log);
  return { [Symbol.asyncDispose]: () => tracer.close() };
}

describe('tracing', () => {
  test.each(['localhost:4318', 'collector', 'grpc://localhost:4317', 'http://h:99999', 'http://[::1'])(
    'is off, with a warning, for %s',
    async (endpoint) => {
      const log = new Lines();
      expect(await openTracer({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, log)).toBe(noTracer);
      expect(log.lines).toEqual([
        ['warn', { suggestion: expect.stringContaining('http://') }, 'tracing.endpoint_invalid'],
      ]);
    },
  );

  test('names the variables that have no effect, or whose value has none', async () => {
    const log = new Lines();
    await using _ = await closing(
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
        OTEL_EXPORTER_OTLP_HEADERS: 'a=b',
        OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: 'soon',
        OTEL_EXPORTER_OTLP_COMPRESSION: 'zstd',
        OTEL_RESOURCE_ATTRIBUTES: 'a=b,c=%zz',
        OTEL_TRACES_EXPORTER: 'zipkin',
        OTEL_TRACES_SAMPLER: 'always_off',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_BSP_SCHEDULE_DELAY: '',
      },
      log,
    );
    const variables = [
      'OTEL_EXPORTER_OTLP_TRACES_TIMEOUT',
      'OTEL_EXPORTER_OTLP_COMPRESSION',
      'OTEL_RESOURCE_ATTRIBUTES',
      'OTEL_TRACES_EXPORTER',
      'OTEL_TRACES_SAMPLER',
    ];
    expect(log.lines).toContainEqual(['warn', { variables }, 'tracing.variables_ignored']);
  });

  test('has nothing to say about the usual variables', async () => {
    const log = new Lines();
    await using _ = await closing(
      {
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:1/v1/traces',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
        OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
        OTEL_EXPORTER_OTLP_TIMEOUT: '10000',
        OTEL_SERVICE_NAME: 'tools',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=prod,',
        OTEL_TRACES_EXPORTER: 'otlp',
        OTEL_SDK_DISABLED: 'false',
      },
      log,
    );
    expect(log.lines.map(([, , line]) => line)).toEqual(['tracing.started']);
  });

  test('is off, and loads nothing, without a collector', async () => {
    expect(await openTracer({}, new Lines())).toBe(noTracer);
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318', OTEL_TRACES_EXPORTER: 'none' };
    expect(await openTracer(env, new Lines())).toBe(noTracer);
    const disabled = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x', OTEL_SDK_DISABLED: 'TRUE' };
    expect(await openTracer(disabled, new Lines())).toBe(noTracer);
  });

  test('sends a span for a call, as a child of the span of the caller', async () => {
    await using collector = await startCollector();
    // The exporter reads its endpoint from the process's environment.
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.endpoint);
    const log = new Lines();
    const tracer = await openTracer(process.env, log);
    tracer.start(call)('timeout');
    await tracer.close();
    const sent = collector.bodies.join('');
    expect(sent).toContain('tools/call ping');
    expect(sent).toContain('timeout');
    expect(sent).toContain(parent.traceId);
    expect(sent).toContain(parent.spanId);
    expect(sent).toContain(parent.state);
    expect(log.lines).toEqual([['info', { endpoint: collector.endpoint }, 'tracing.started']]);
  });

  test('sends the attributes of OTEL_RESOURCE_ATTRIBUTES', async () => {
    await using collector = await startCollector();
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.endpoint);
    vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'deployment.environment.name=lab,service.name=other');
    const tracer = await openTracer(process.env, new Lines());
    tracer.start(call)('success');
    await tracer.close();
    expect(collector.bodies.join('')).toMatch(/"deployment\.environment\.name".{0,40}"lab"/u);
    expect(collector.bodies.join('')).toMatch(/"service\.name".{0,40}"other"/u);
  });

  test('says once that the collector does not accept spans', async () => {
    await using collector = await startCollector();
    collector.status = 400;
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.endpoint);
    const log = new Lines();
    const tracer = await openTracer(process.env, log);
    tracer.start(call)('success');
    await tracer.close();
    expect(log.lines.slice(1)).toEqual([['warn', { reason: '400' }, 'tracing.export_failed']]);
  });

  test('ends after five seconds with a collector that answers nothing', async () => {
    const asked = Promise.withResolvers<void>();
    const server = createServer(() => asked.resolve()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const clock = new ManualClock();
    const tracer = createOtlpTracer({}, new Lines(), clock);
    tracer.start(call)('success');
    const closed = tracer.close();
    await asked.promise;
    clock.advance(5000);
    expect(await closed).toBeUndefined();
    server.closeAllConnections();
    server.close();
  });

  test('says that the answer of the collector does not end', async () => {
    const answering = Promise.withResolvers<void>();
    const server = createServer((_, response) => {
      response.write(' ');
      answering.resolve();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const clock = new ManualClock();
    const log = new Lines();
    const tracer = createOtlpTracer({}, log, clock);
    tracer.start(call)('success');
    const closed = tracer.close();
    await answering.promise;
    clock.advance(25_000);
    await closed;
    await vi.waitFor(() =>
      expect(log.lines).toContainEqual(['warn', { reason: 'its answer did not end' }, 'tracing.export_failed']),
    );
    server.closeAllConnections();
    server.close();
  });

  test('starts with a warning when gRPC is asked for, and logs no credentials', async () => {
    const log = new Lines();
    const env = {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://ann:secret@127.0.0.1:4317/',
    };
    const tracer = await openTracer(env, log);
    await tracer.close();
    expect(log.lines).toEqual([
      ['warn', { protocol: 'grpc', suggestion: expect.stringContaining('4318') }, 'tracing.protocol_unsupported'],
      ['info', { endpoint: 'http://127.0.0.1:4317' }, 'tracing.started'],
    ]);
    const json = new Lines();
    await (await openTracer({ ...env, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }, json)).close();
    expect(json.lines).toHaveLength(1);
  });
});

test('resource attributes are decoded, and OTEL_SERVICE_NAME wins', () => {
  expect(resourceAttributes({})).toEqual({ 'service.name': 'mcp-server' });
  const env = {
    OTEL_RESOURCE_ATTRIBUTES: 'a=1%2C2, b = x ,broken,c=%zz,service.name=list',
    OTEL_SERVICE_NAME: 'named',
  };
  expect(resourceAttributes(env)).toEqual({ a: '1,2', b: 'x', 'service.name': 'named' });
});
