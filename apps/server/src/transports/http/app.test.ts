import { RegExpRouter } from 'hono/router/reg-exp-router';
import { describe, expect, test } from 'vitest';

import { createApp, type AppDependencies } from './app.ts';

// Routes are values; their dependencies are not used here.
const app = createApp({ mcp: {} } as AppDependencies);

describe('the routes', () => {
  test('can be matched by the regular-expression router', () => {
    const router = new RegExpRouter<unknown>();
    for (const { method, path } of app.routes) router.add(method, path, path);
    expect(router.match('POST', '/mcp')[0]).toHaveLength(1);
  });

  test('match a request once each, so that no request passes through two handlers', () => {
    const router = new RegExpRouter<unknown>();
    for (const { method, path } of app.routes) router.add(method, path, path);
    for (const { method, path } of app.routes) {
      expect([method, path, router.match(method, path)[0].length]).toEqual([method, path, 1]);
    }
  });
});
