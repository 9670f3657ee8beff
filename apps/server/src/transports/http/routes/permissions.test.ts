import type { Tool } from '@mcp/tool-base';
import { Hono } from 'hono';
import { expect, test } from 'vitest';

import type { JobCalls } from '../../../calls/job-calls.ts';
import type { ToolGateway } from '../../../calls/tool-gateway.ts';
import type { HttpEnv } from '../routing/request-context.ts';
import { callRoutes } from './calls/call-routes.ts';
import { callerRoutes } from './operations/caller-routes.ts';

/** What a credential with these scopes gets from `path`. */
async function responseOf(path: string, scopes: readonly string[], readOnly: boolean): Promise<unknown> {
  const tools = ['ping', 'dig'].map((name) => ({ name, info: () => ({ name }) }) as unknown as Tool);
  const gateway = { registry: { list: () => tools } } as unknown as ToolGateway;
  const app = new Hono<HttpEnv>();
  app.use(async (context, next) => {
    context.set('principal', { name: 'key', scopes });
    await next();
  });
  const dependencies = {
    gateway,
    jobs: {} as JobCalls,
    readOnly,
    statisticsOf: () => undefined,
    isExcluded: (tool: string) => tool === 'dig',
    rateLimitOf: () => undefined,
    breakerHistoryOf: () => [],
  };
  for (const { method, path, handle } of [...callRoutes(dependencies), ...callerRoutes({ readOnly })])
    app.on(method, path, handle);
  return (await app.request(path)).json();
}

test.each([
  ['all scopes', ['tools:read', 'tools:call', 'approvals', 'admin'], false, { call: true, control: true }],
  ['a reader', ['tools:read'], false, { call: false, control: false }],
  ['a caller of this tool', ['tools:read', 'tools:call:p*'], false, { call: true, control: false }],
  [
    'all scopes, where the listener is read-only',
    ['tools:read', 'tools:call', 'approvals', 'admin'],
    true,
    { call: false, control: false },
  ],
])('the list of tools has what may be done with each: %s', async (_, scopes, readOnly, permissions) => {
  const { tools } = (await responseOf('/tools', scopes, readOnly)) as { tools: object[] };
  expect(tools[0]).toMatchObject({ name: 'ping', permissions, excluded: false });
});

test('a tool that the configuration excludes is marked', async () => {
  const { tools } = (await responseOf('/tools', ['tools:read'], false)) as { tools: object[] };
  expect(tools[1]).toMatchObject({ name: 'dig', excluded: true });
});

test.each([true, false])(
  'the caller has its name, its scopes, and whether the listener is read-only: %s',
  async (readOnly) => {
    expect(await responseOf('/caller', ['tools:read'], readOnly)).toEqual({
      name: 'key',
      scopes: ['tools:read'],
      readOnly,
    });
  },
);
