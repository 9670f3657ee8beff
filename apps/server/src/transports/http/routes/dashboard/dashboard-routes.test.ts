import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';

import type { DashboardFile } from './dashboard-files.ts';
import { dashboardRoutes } from './dashboard-routes.ts';
import type { HttpEnv } from '../../routing/request-context.ts';

const file = (body: string, contentType: string): DashboardFile => ({
  body: new TextEncoder().encode(body),
  contentType,
  etag: `"${body}"`,
});
function appWith(load: Parameters<typeof dashboardRoutes>[0]): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  for (const { method, path, handle } of dashboardRoutes(load)) app.on(method, path, handle);
  return app;
}

const route = appWith(() =>
  Promise.resolve(
    new Map([
      ['index.html', file('page', 'text/html')],
      ['views/a.js', file('code', 'text/javascript')],
    ]),
  ),
);

test('every route is open: a browser loads the page before a key is entered', () => {
  expect(dashboardRoutes().map(({ path, scope }) => [path, scope])).toEqual([
    ['/', 'open'],
    ['/dashboard/:file', 'open'],
    ['/dashboard/:folder/:file', 'open'],
  ]);
});

describe('GET /', () => {
  test('is the page', async () => {
    const response = await route.request('/');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html');
    expect(await response.text()).toBe('page');
  });

  test('the policy allows scripts and requests of this server only, and no frames', async () => {
    const policy = (await route.request('/')).headers.get('content-security-policy') ?? '';
    expect(policy.split('; ').sort()).toEqual([
      "base-uri 'none'",
      "connect-src 'self'",
      "default-src 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "img-src 'self' data:",
      "require-trusted-types-for 'script'",
      "script-src 'self'",
      "style-src 'self'",
      "trusted-types 'none'",
    ]);
  });
});

describe('the files of the page', () => {
  test('have a type, an entity tag and the security headers', async () => {
    const { headers } = await route.request('/dashboard/views/a.js');
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/javascript',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      etag: '"code"',
    });
  });

  test.each(['"code"', 'W/"code"', '"other", "code"'])('are not sent again to a browser that has %s', async (tag) => {
    const response = await route.request('/dashboard/views/a.js', { headers: { 'if-none-match': tag } });
    expect(response.status).toBe(304);
    expect(await response.text()).toBe('');
  });

  test('are sent to one that has an older version', async () => {
    const response = await route.request('/dashboard/views/a.js', { headers: { 'if-none-match': '"old"' } });
    expect(response.status).toBe(200);
  });

  test.each(['/dashboard/', '/dashboard/nope.js', '/dashboard/views', '/dashboard/__proto__'])(
    '%s is not one of them',
    async (path) => expect((await route.request(path)).status).toBe(404),
  );
});

test('files that cannot be read are read again at the next request', async () => {
  let built = false;
  const late = appWith(() =>
    built ? Promise.resolve(new Map([['index.html', file('late', 'text/html')]])) : Promise.reject(new Error('ENOENT')),
  );
  const early = await late.request('/');
  expect(early.status).toBe(503);
  expect(await early.text()).not.toContain('ENOENT');
  built = true;
  expect((await late.request('/')).status).toBe(200);
});
