import { RegExpRouter } from 'hono/router/reg-exp-router';
import { describe, expect, test } from 'vitest';

import { createApp, type AppDependencies } from './app.ts';

// Routes are values; their dependencies are not used here.
const { router, directRoutes } = createApp({ mcp: {} } as AppDependencies);
const app = router();

describe('the routes', () => {
  test('can be matched by the regular-expression router', () => {
    const router = new RegExpRouter<unknown>();
    for (const { method, path } of app.routes) router.add(method, path, path);
    expect(router.match('GET', '/mcp')[0]).toHaveLength(1);
  });

  test('of which POST /mcp and probes are answered without the router, which has none of its own for them', () => {
    const direct = directRoutes.map(({ method, path }) => `${method} ${path}`);
    expect(direct).toEqual(['POST /mcp', 'GET /health/live', 'GET /health/ready', 'GET /health/startup']);
    const routed = new Set(app.routes.map(({ method, path }) => `${method} ${path}`));
    expect(direct.filter((route) => routed.has(route))).toEqual([]);
  });

  test('match a request once each, so that no request passes through two handlers', () => {
    const router = new RegExpRouter<unknown>();
    for (const { method, path } of app.routes) router.add(method, path, path);
    for (const { method, path } of app.routes) {
      expect([method, path, router.match(method, path)[0].length]).toEqual([method, path, 1]);
    }
  });
});

describe('the operations listener', () => {
  const operationsApp = createApp({ resourceMetadata: () => undefined } as unknown as AppDependencies);
  const operations = operationsApp.router();

  test('has only routes that read', () => {
    const changing = operations.routes.filter(({ method }) => method !== 'GET').map(({ path }) => path);
    // Every route of the table answers other methods with 405.
    const routes = [...operations.routes, ...operationsApp.directRoutes];
    const readable = new Set(routes.filter(({ method }) => method === 'GET').map(({ path }) => path));
    expect(changing.filter((path) => !readable.has(path))).toEqual([]);
    expect([...readable].sort()).toEqual([
      '/',
      '/.well-known/oauth-protected-resource',
      '/.well-known/oauth-protected-resource/mcp',
      '/apis',
      '/apis/:key',
      '/approvals',
      '/caller',
      '/config',
      '/dashboard/:file',
      '/dashboard/:folder/:file',
      '/events',
      '/executions',
      '/executions/:id',
      '/executions/:id/output',
      '/health',
      '/health/live',
      '/health/ready',
      '/health/startup',
      '/links',
      '/metrics',
      '/openapi.json',
      '/tools',
      '/tools/:name',
      '/upstreams',
      '/upstreams/:key',
      '/upstreams/:key/diff',
    ]);
  });

  test.each([
    '/tools/df/execute',
    '/tools/df/disable',
    '/tools/df/breaker/open',
    '/upstreams/far/approve',
    '/upstreams/far/restart',
    '/upstreams/far/disable',
    '/config/reload',
    '/mcp',
  ])('answers POST %s with 404', async (path) => {
    const response = await operations.request(path, { method: 'POST' });
    expect(response.status).toBe(404);
  });

  test('answers POST to what it serves with 405', async () => {
    expect((await operations.request('/tools', { method: 'POST' })).status).toBe(405);
  });
});
