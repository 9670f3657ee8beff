import { createServer as createHttpServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { CheckDefinition, CheckOutcome } from '../check-definition.ts';
import { breakerCheck } from './breaker.ts';
import { httpCheck } from './http.ts';
import { tcpCheck } from './tcp.ts';
import { toolCheck } from './tool.ts';

async function run(check: CheckDefinition, signal = new AbortController().signal): Promise<CheckOutcome> {
  return check.run({ signal });
}

async function listening(server: Server): Promise<{ port: number } & AsyncDisposable> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

const listeningHttp = (listener: RequestListener) => listening(createHttpServer(listener));

describe('the tcp check', () => {
  test('is healthy when a connection is accepted, and closes it', async () => {
    const closed = Promise.withResolvers<void>();
    await using server = await listening(
      createServer((socket) => void socket.resume().once('close', () => closed.resolve())),
    );
    const outcome = await run(tcpCheck({ name: 'db', host: '127.0.0.1', port: server.port }));
    expect(outcome).toMatchObject({ status: 'healthy', observedUnit: 'ms', observedValue: expect.any(Number) });
    await closed.promise;
  });

  test('fails with the error code when nothing listens', async () => {
    const { port } = await listening(createServer()).then(async (server) => {
      await server[Symbol.asyncDispose]();
      return server;
    });
    await expect(run(tcpCheck({ name: 'db', host: '127.0.0.1', port }))).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });

  test('closes its socket when aborted', async () => {
    await using server = await listening(createServer());
    const controller = new AbortController();
    const outcome = run(tcpCheck({ name: 'db', host: '127.0.0.1', port: server.port }), controller.signal);
    controller.abort(new Error('aborted'));
    await expect(outcome).rejects.toThrow('aborted');
  });

  test('rejects a port out of range', () => {
    expect(() => tcpCheck({ name: 'db', host: 'x', port: 70_000 })).toThrow(/port must be from 1 to 65535, got 70000/);
  });
});

describe('the http check', () => {
  test.each([
    [200, 'healthy'],
    [302, 'healthy'],
    [404, 'unhealthy'],
    [503, 'unhealthy'],
  ])('status %i is %s', async (statusCode, status) => {
    await using server = await listeningHttp((_request, response) => void response.writeHead(statusCode).end());
    const outcome = await run(httpCheck({ name: 'api', url: `http://127.0.0.1:${server.port}/health` }));
    expect(outcome).toMatchObject({ status, metadata: { statusCode }, observedUnit: 'ms' });
  });

  test('uses the given rule, method and headers', async () => {
    const seen: unknown[] = [];
    await using server = await listeningHttp((request, response) => {
      seen.push(request.method, request.headers['x-probe']);
      response.writeHead(401).end();
    });
    const url = `http://127.0.0.1:${server.port}/`;
    const check = httpCheck({
      name: 'api',
      url,
      method: 'HEAD',
      headers: { 'x-probe': 'yes' },
      accepts: (code) => code === 401,
    });
    expect(await run(check)).toMatchObject({ status: 'healthy' });
    expect(seen).toEqual(['HEAD', 'yes']);
  });

  test('does not wait for a body that never ends', async () => {
    await using server = await listeningHttp((_request, response) => void response.writeHead(200).write('x'));
    expect(await run(httpCheck({ name: 'api', url: `http://127.0.0.1:${server.port}/` }))).toMatchObject({
      status: 'healthy',
    });
  });

  test('is aborted before the headers have arrived', async () => {
    const requested = Promise.withResolvers<void>();
    await using server = await listeningHttp(() => requested.resolve());
    const controller = new AbortController();
    const outcome = run(httpCheck({ name: 'api', url: `http://127.0.0.1:${server.port}/` }), controller.signal);
    await requested.promise;
    controller.abort();
    await expect(outcome).rejects.toThrow(/abort/);
  });

  test.each([
    ['not a url', /full URL/],
    ['ftp://host/', /http: or https:, got ftp:/],
    ['http://user:hunter2@host/', /must not contain a user or password/],
  ])('rejects %s without repeating a secret', (url, message) => {
    const create = (): CheckDefinition => httpCheck({ name: 'api', url });
    expect(create).toThrow(message);
    expect(create).not.toThrow(/hunter2/);
  });
});

describe('the breaker check', () => {
  test.each([
    ['closed', 'healthy'],
    ['half_open', 'degraded'],
    ['open', 'unhealthy'],
  ] as const)('a breaker that is %s is %s', async (state, status) => {
    const outcome = await run(breakerCheck({ name: 'b', breaker: { state, retryAfterMs: 5 } }));
    expect(outcome).toMatchObject({ status, observedValue: state, metadata: { retryAfterMs: 5 } });
  });

  test('reads the state at each run', async () => {
    const breaker: { state: 'closed' | 'open'; retryAfterMs: number } = { state: 'closed', retryAfterMs: 0 };
    const check = breakerCheck({ name: 'b', breaker });
    expect(await run(check)).toMatchObject({ status: 'healthy' });
    breaker.state = 'open';
    expect(await run(check)).toMatchObject({ status: 'unhealthy' });
  });
});

describe('the tool check', () => {
  test.each([
    [true, 'healthy', 'available'],
    [false, 'unhealthy', 'not available: no reason given'],
    [{ ok: true }, 'healthy', 'available'],
    [{ ok: false, reason: 'ping is not installed' }, 'unhealthy', 'not available: ping is not installed'],
  ] as const)('available() returning %o is %s', async (availability, status, message) => {
    const check = toolCheck({ name: 'ping', available: () => availability });
    expect(check.priority).toBe('informational');
    expect(await run(check)).toMatchObject({ status, message });
  });

  test('a disabled tool is healthy', async () => {
    const check = toolCheck({ name: 'ping', available: () => false, enabled: () => false });
    expect(await run(check)).toMatchObject({ status: 'healthy', message: 'disabled' });
  });
});
