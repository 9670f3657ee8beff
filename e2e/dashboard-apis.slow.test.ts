/** REST APIs on the dashboard: the built server, an API that answers and one that does not, a real Chromium. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { chromiumProgram, dashboardPage, overflowing, type DashboardPage } from './harness/dashboard-page.ts';
import { apiKey, scratch, startHttpServer, type HttpServerProcess } from './harness/server-process.ts';

const XML = { content: { 'application/xml': { schema: { type: 'object' } } } };
const PATHS = {
  '/articles': { get: { operationId: 'listArticles' }, post: { operationId: 'addArticle', requestBody: XML } },
  '/articles/{id}': {
    get: { operationId: 'getArticle', parameters: [{ name: 'id', in: 'path', schema: { type: 'string' } }] },
    delete: { operationId: 'removeArticle' },
  },
};
const WIDTHS = [1600, 1440, 800, 400];

describe.skipIf(chromiumProgram === undefined)('APIs on the dashboard in Chromium', () => {
  const place = scratch();
  let api: Server;
  let server: HttpServerProcess;
  let dashboard: DashboardPage;

  beforeAll(async () => {
    api = createServer((_, response) => void response.writeHead(503).end()).listen(0, '127.0.0.1');
    await once(api, 'listening');
    const { port } = api.address() as AddressInfo;
    const file = join(place.folder, 'stock.json');
    writeFileSync(file, JSON.stringify({ openapi: '3.0.3', info: { title: 'Stock', version: '1' }, paths: PATHS }));
    const common = { document: { file }, egress: { private: true } };
    const operations = { include: [{ method: 'GET' }, { method: 'POST' }] };
    const configuration = JSON.stringify({
      apis: {
        stock: { ...common, baseUrl: `http://127.0.0.1:${port}/v1`, operations },
        gone: { ...common, baseUrl: 'http://127.0.0.1:1' },
      },
    });
    server = await startHttpServer({ configuration });
    dashboard = await dashboardPage(server.url);
  });
  afterAll(async () => {
    await dashboard?.[Symbol.asyncDispose]();
    await server?.stop();
    api?.close();
    place[Symbol.dispose]();
  });

  const execute = (tool: string): Promise<Response> =>
    fetch(`${server.url}/tools/${tool}/execute`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ arguments: {} }),
    });

  test('are listed with their state, their operations and the last failure, at every width', async () => {
    for (let calls = 0; calls < 3; calls += 1) await execute('gone_listArticles');
    await execute('stock_listArticles');
    const { page } = dashboard;
    await dashboard.open(apiKey);
    await page.getByRole('heading', { name: 'APIs' }).waitFor();
    await page.getByText('1 unhealthy, 1 operations withheld').waitFor();
    await page.getByRole('row').filter({ hasText: 'HTTP 503' }).waitFor();
    await page.getByRole('row').filter({ hasText: 'the connection was refused' }).waitFor();
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 1000 });
      expect({ width, overflowing: await page.evaluate(overflowing) }).toEqual({ width, overflowing: [] });
      expect({ width, problems: await dashboard.accessibilityProblems() }).toEqual({ width, problems: [] });
      await dashboard.screenshot(`apis-${width}`);
    }
  });

  test('show what became of each operation, and why one is withheld', async () => {
    const { page } = dashboard;
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 1000 });
      await page.getByRole('button', { name: 'stock', exact: true }).press('Enter');
      const dialog = page.getByRole('dialog', { name: 'API stock' });
      await dialog.getByText('POST /articles: Its request body is application/xml, which is not supported.').waitFor();
      await dialog.getByText('GET /articles/{id} as stock_getArticle').waitFor();
      await dialog.getByRole('heading', { name: 'Not included: 1' }).waitFor();
      expect({ width, overflowing: await page.evaluate(overflowing) }).toEqual({ width, overflowing: [] });
      expect({ width, problems: await dashboard.accessibilityProblems() }).toEqual({ width, problems: [] });
      await dashboard.screenshot(`api-${width}`);
      await page.keyboard.press('Escape');
    }
    expect(dashboard.pageErrors).toEqual([]);
  });
});
