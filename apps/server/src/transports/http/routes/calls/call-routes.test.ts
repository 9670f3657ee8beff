import { Readable } from 'node:stream';

import { Hono } from 'hono';
import { expect, test } from 'vitest';

import type { ToolGateway } from '../../../../calls/tool-gateway.ts';
import type { HttpEnv } from '../../routing/request-context.ts';
import { callRoutes, type CallRoutesDependencies } from './call-routes.ts';

const gateway = {
  meant: (call: unknown) => call,
  call: ({ correlationId, arguments: given }: { correlationId: string; arguments: object }) =>
    Promise.resolve({ ok: true, content: [], structured: { given }, meta: { correlationId } }),
} as unknown as ToolGateway;

function execute(body: unknown): Promise<Response> {
  return executeText(JSON.stringify(body));
}

function executeText(text: string): Promise<Response> {
  const app = new Hono<HttpEnv>();
  const routes = callRoutes({ gateway, jobs: { toolWithJobs: () => undefined } } as unknown as CallRoutesDependencies);
  for (const { method, path, handle } of routes) app.on(method, path, handle);
  const incoming = Object.assign(Readable.from([Buffer.from(text)]), { headers: {}, socket: {} });
  return Promise.resolve(app.request('/tools/df/execute', { method: 'POST' }, { incoming }));
}

test.each(['a', 'job:17.4', 'A-Z_a-z.0-9:', 'x'.repeat(64)])(
  'the correlation id %s is accepted, as by the pipeline',
  async (correlationId) => {
    const response = await execute({ correlationId });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-correlation-id')).toBe(correlationId);
  },
);

test.each(['', 'a b', 'a/b', 'ä', 'x'.repeat(65)])('the correlation id %j is rejected', async (correlationId) => {
  const response = await execute({ correlationId });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ detail: 'The body is invalid at: correlationId.' });
});

test.each(['', '{}', 'null', '{"arguments":null,"timeoutMs":null,"correlationId":null}'])(
  'the body %j is a call without arguments',
  async (text) => {
    const response = await executeText(text);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ structuredContent: { given: {} } });
  },
);

test.each(['[]', '"x"', '5', '{"arguments":[]}'])('the body %s is rejected', async (text) => {
  expect((await executeText(text)).status).toBe(400);
});
