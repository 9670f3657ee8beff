import { RegExpRouter } from 'hono/router/reg-exp-router';
import { describe, expect, test } from 'vitest';

import { createApp, type AppParts } from './app.ts';

// Routes are values: what they would do with their parts is not asked here.
const app = createApp({ mcp: {} } as AppParts);

describe('the routes', () => {
  test('are such that the router finds any of them in one step, and not by walking a tree', () => {
    const router = new RegExpRouter<unknown>();
    for (const { method, path } of app.routes) router.add(method, path, path);
    expect(router.match('POST', '/mcp')[0]).toHaveLength(1);
  });

  test('match a request once each, so that it is not passed on from handler to handler', () => {
    const router = new RegExpRouter<unknown>();
    for (const { method, path } of app.routes) router.add(method, path, path);
    for (const { method, path } of app.routes) {
      expect([method, path, router.match(method, path)[0].length]).toEqual([method, path, 1]);
    }
  });
});
