/** Upstreams on the dashboard: the built server, a published MCP server whose tools wait for approval, a real Chromium. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { chromiumProgram, dashboardPage, overflowing, type DashboardPage } from './harness/dashboard-page.ts';
import { apiKey, scratch, startHttpServer, type HttpServerProcess } from './harness/server-process.ts';

const readOnlyKey = 'read-key-0123456789abcdef';

describe.skipIf(chromiumProgram === undefined)('upstreams on the dashboard in Chromium', () => {
  const place = scratch();
  let server: HttpServerProcess;
  let dashboard: DashboardPage;

  beforeAll(async () => {
    const manifest = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-memory/package.json'));
    const configuration = JSON.stringify({
      security: { apiKeys: [{ name: 'reader', key: readOnlyKey, scopes: ['tools:read'] }] },
      federation: { lockFile: join(place.folder, 'upstreams.lock.json') },
      upstreams: {
        memory: { command: [process.execPath, join(dirname(manifest), 'dist/index.js')], trust: 'locked' },
        dead: { url: 'http://127.0.0.1:1/mcp' },
      },
    });
    server = await startHttpServer({ configuration });
    dashboard = await dashboardPage(server.url);
  });
  afterAll(async () => {
    await dashboard?.[Symbol.asyncDispose]();
    await server?.stop();
    place[Symbol.dispose]();
  });

  test('are listed with their states and what waits for approval', async () => {
    const { page } = dashboard;
    await dashboard.open(apiKey);
    await page.getByRole('heading', { name: 'Upstreams' }).waitFor();
    await page.getByText('1 failed, 9 wait for approval').waitFor();
    await page.getByRole('row').filter({ hasText: 'No connection to 127.0.0.1:1' }).waitFor();
    expect(await dashboard.accessibilityProblems()).toEqual([]);
  });

  test('show the texts of a tool that waits, and approve it', async () => {
    const { page } = dashboard;
    await page.getByRole('button', { name: 'memory', exact: true }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Upstream memory' });
    await dialog.getByText('Read the entire knowledge graph').waitFor();
    expect(await dashboard.accessibilityProblems()).toEqual([]);
    await dashboard.screenshot('upstream');
    await dialog.getByRole('button', { name: 'Approve memory_read_graph' }).press('Enter');
    await dialog.getByText('memory_read_graph is approved as it is now.').waitFor();
    await dialog.getByRole('button', { name: 'Approve memory_read_graph' }).waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await page.getByText('1 failed, 8 wait for approval').waitFor();
    for (const width of [1600, 800, 400]) {
      await page.setViewportSize({ width, height: 1000 });
      expect({ width, overflowing: await page.evaluate(overflowing) }).toEqual({ width, overflowing: [] });
    }
    await page.setViewportSize({ width: 1440, height: 1000 });
    expect(dashboard.pageErrors).toEqual([]);
  });

  test('are restarted, disabled and enabled', async () => {
    const { page } = dashboard;
    await page.getByRole('button', { name: 'memory', exact: true }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Upstream memory' });
    const act = async (name: string, done: string): Promise<void> => {
      await dialog.getByRole('button', { name, exact: true }).press('Enter');
      await dialog.getByText(done).waitFor();
    };
    await act('Restart', 'The upstream memory was restarted.');
    await act('Disable', 'The upstream memory is disabled.');
    expect(await dashboard.accessibilityProblems()).toEqual([]);
    expect(await dialog.getByRole('button', { name: 'Restart' }).count()).toBe(0);
    await act('Enable', 'The upstream memory is enabled.');
    await page.keyboard.press('Escape');
    await page.getByText('1 failed, 8 wait for approval').waitFor();
    expect(dashboard.pageErrors).toEqual([]);
  });

  test('offer no approval to a key that may only read', async () => {
    const { page } = dashboard;
    await page.getByRole('button', { name: 'Forget key' }).press('Enter');
    await dashboard.open(readOnlyKey);
    await page.getByRole('button', { name: 'memory', exact: true }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Upstream memory' });
    await dialog.getByText('Waiting for approval').waitFor();
    expect(await dialog.getByRole('button', { name: /Approve|Restart|Disable/u }).count()).toBe(0);
    expect(dashboard.pageErrors).toEqual([]);
  });
});
