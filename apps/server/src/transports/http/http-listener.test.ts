import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';

import type { ServerConfig } from '../../configuration/shape/server-config.ts';
import { SystemMetrics } from '@mcp/metrics';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { ManualClock } from '../../foundation/test-support/manual-clock.ts';
import { HttpListener } from './http-listener.ts';
import type { RejectionLog } from './routing/rejection-log.ts';
import type { HttpEnv } from './routing/request-context.ts';

const values = {
  server: { host: '127.0.0.1', workers: 1, maxConnections: 10 },
  security: { allowedHosts: [], allowedOrigins: [] },
} as unknown as ServerConfig;

test('only status 500 counts as an error of the server; 502 to 504 are failures of a tool', async () => {
  const app = new Hono<HttpEnv>().get('/:status', (context) =>
    context.body(null, Number(context.req.param('status')) as 200),
  );
  using system = new SystemMetrics();
  const listener = new HttpListener({ router: () => app, values, port: 0, system, rejections: {} as RejectionLog });
  const url = await listener.listen();
  for (const status of [200, 404, 429, 500, 502, 503, 504]) await (await fetch(`${url}/${status}`)).text();
  await listener.close();
  expect(system.snapshot()).toMatchObject({ requests: 7, errors: 1 });
});

test('a listener that takes no new connections answers on the open ones, ends each with its next response, and closes those that stay idle', async () => {
  const app = new Hono<HttpEnv>().get('/', (context) => context.body('answer'));
  using system = new SystemMetrics();
  const pauses: (() => PromiseLike<unknown>)[] = [];
  const listener = new HttpListener({
    router: () => app,
    values,
    port: 0,
    system,
    rejections: {} as RejectionLog,
    pause: () => pauses.shift()?.() ?? Promise.resolve(),
  });
  const url = await listener.listen();
  const [one, two, three] = [1, 2, 3].map(() => new Agent({ keepAlive: true, maxSockets: 1 }));
  const ending = (agent?: Agent): Promise<string | undefined> =>
    new Promise((resolve, reject) => {
      const take = (response: IncomingMessage): unknown =>
        response.resume().once('end', () => resolve(response.headers.connection));
      get(url, { agent }, take).once('error', reject);
    });
  expect(await ending(one)).toBe('keep-alive');
  listener.releaseConnections();
  expect(await ending(one)).toBe('close');
  // Opened after the release.
  const opened = [await ending(one), await ending(one), await ending(two), await ending(three)];
  expect(opened).toEqual(['keep-alive', 'keep-alive', 'keep-alive', 'keep-alive']);
  await listener.stopListening();
  await expect(fetch(url)).rejects.toThrow('fetch failed');
  expect(await ending(one)).toBe('close');
  await expect(ending(one)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  pauses.push(async () => expect(await ending(two)).toBe('close'));
  await listener.closeIdleConnections();
  expect(pauses).toEqual([]);
  await expect(ending(three)).rejects.toMatchObject({ code: expect.stringMatching(/^ECONN/u) as string });
  await listener.close();
});

test('an expectation that the server does not know is ignored', async () => {
  const app = new Hono<HttpEnv>().get('/', (context) => context.body('answer'));
  using system = new SystemMetrics();
  const listener = new HttpListener({ router: () => app, values, port: 0, system, rejections: {} as RejectionLog });
  const url = await listener.listen();
  const status = await new Promise((resolve, reject) => {
    get(url, { headers: { expect: 'the-unexpected' } }, (response) => resolve(response.resume().statusCode)).on(
      'error',
      reject,
    );
  });
  expect(status).toBe(200);
  await listener.close();
});

const CHUNK = 'x'.repeat(65_536);

/** A client that announces too large a body, and its connection when the response has come. */
async function rejectedUpload(clock?: ManualClock): Promise<AsyncDisposable & { socket: Socket }> {
  const system = new SystemMetrics();
  const rejections = { record: () => {} } as unknown as RejectionLog;
  const listener = new HttpListener({
    router: () => new Hono<HttpEnv>(),
    values,
    port: 0,
    system,
    rejections,
    ...(clock && { clock }),
  });
  const { port } = new URL(await listener.listen());
  const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(
    `POST / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: ${400 * CHUNK.length}\r\n\r\n`,
  );
  const [response] = (await once(socket, 'data')) as [Buffer];
  expect(response.toString()).toMatch(/^HTTP\/1\.1 413 /);
  return {
    socket,
    async [Symbol.asyncDispose]() {
      socket.destroy();
      await listener.close();
      system[Symbol.dispose]();
    },
  };
}

test('the connection of a client that still sends its body is not reset, so that it can read the response', async () => {
  await using upload = await rejectedUpload();
  const { socket } = upload;
  const closed = once(socket, 'close');
  // More than the buffers of the system hold.
  for (let count = 0; count < 400; count++) {
    if (!socket.write(CHUNK)) await Promise.race([once(socket, 'drain'), closed]);
  }
  socket.end();
  await closed;
  expect([socket.errored, socket.bytesWritten > 400 * CHUNK.length]).toEqual([null, true]);
});

test('a client that goes on sending after its response is disconnected', async () => {
  const clock = new ManualClock();
  await using upload = await rejectedUpload(clock);
  const closed = new Promise((resolve) => void upload.socket.once('close', resolve));
  upload.socket.write(CHUNK);
  clock.advance(2000);
  upload.socket.write(CHUNK);
  await closed;
  expect(upload.socket.bytesWritten).toBeLessThan(400 * CHUNK.length);
});
