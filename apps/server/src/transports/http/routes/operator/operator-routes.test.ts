import { defineTool, Tool } from '@mcp/tool-base';
import { Hono } from 'hono';
import { expect, test } from 'vitest';

import type { ToolGateway } from '../../../../calls/tool-gateway.ts';
import type { HttpEnv } from '../../routing/request-context.ts';
import { operatorRoutes } from './operator-routes.ts';

/** A tool with a breaker for each target. */
function pingTool(): Tool {
  const input = { type: 'object', properties: {} } as const;
  return new Tool(
    defineTool({ name: 'ping', description: 'Pings', input, circuitBreaker: { scope: 'target' }, run: () => 'pong' }),
  );
}

/** The routes of a server with one tool. */
function routesFor(tool: Tool): Hono<HttpEnv> {
  const gateway = { registry: { get: () => tool } } as unknown as ToolGateway;
  const app = new Hono<HttpEnv>();
  app.use(async (context, next) => {
    context.set('principal', { name: 'ops', scopes: ['admin'] });
    await next();
  });
  for (const { method, path, handle } of operatorRoutes({
    gateway,
    switchTool: async () => 'done',
    controlBreakers: async () => undefined,
  }))
    app.on(method, path, handle);
  return app;
}

test('forcing open reaches every breaker of the tool', async () => {
  const tool = pingTool();
  const breakers = ['a', 'b'].map((target) => tool.breakers.for(target));
  const { status } = await routesFor(tool).request('/tools/ping/breaker/open', { method: 'POST' });
  expect(status).toBe(200);
  expect(breakers.map(({ forced }) => forced)).toEqual(['open', 'open']);
});

test('a forced state holds for targets that have had no call yet, until it is reset', async () => {
  const tool = pingTool();
  const post = (action: string): Promise<Response> =>
    Promise.resolve(routesFor(tool).request(`/tools/ping/breaker/${action}`, { method: 'POST' }));
  for (const [action, forced] of [
    ['open', 'open'],
    ['close', 'closed'],
    ['reset', undefined],
  ] as const) {
    const response = await post(action);
    expect(response.status).toBe(200);
    expect(tool.breakers.for('new').forced).toBe(forced);
  }
});
