import { Agent, get, type IncomingMessage } from 'node:http';

import type { ServerConfig } from '../../configuration/shape/server-config.ts';
import { SystemMetrics } from '@mcp/metrics';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
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

test('a listener that takes no new connections answers on the open ones, until it is closed', async () => {
  const app = new Hono<HttpEnv>().get('/', (context) => context.body('answer'));
  using system = new SystemMetrics();
  const listener = new HttpListener({ router: () => app, values, port: 0, system, rejections: {} as RejectionLog });
  const url = await listener.listen();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const request = (): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const sent = get(url, { agent }, (response) => response.resume().once('end', () => resolve(response)));
      sent.once('error', reject);
    });
  expect((await request()).headers.connection).toBe('keep-alive');
  listener.releaseConnections();
  await listener.stopListening();
  await expect(fetch(url)).rejects.toThrow('fetch failed');
  expect((await request()).headers.connection).toBe('close');
  await expect(request()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
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
