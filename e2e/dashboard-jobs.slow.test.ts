/** Jobs on the dashboard: the built server, programs that print what the test writes into a file, a real Chromium. */
import { appendFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { chromiumProgram, dashboardPage, overflowing, type DashboardPage } from './harness/dashboard-page.ts';
import { apiKey, scratch, startHttpServer, type HttpServerProcess } from './harness/server-process.ts';

const readOnlyKey = 'read-key-0123456789abcdef';

describe.skipIf(chromiumProgram === undefined)('jobs on the dashboard in Chromium', () => {
  const place = scratch();
  const printed = place.write('printed', 'first line\n');
  let server: HttpServerProcess;
  let dashboard: DashboardPage;

  beforeAll(async () => {
    const configuration = `
security:
  apiKeys: [{ name: reader, key: ${readOnlyKey}, scopes: ['tools:read'] }]
tools:
  follow:
    description: Prints a file as it grows
    command: tail
    args: ['-n', '+1', '-f', '${printed}']
    concurrency: 1
    job: required
`;
    server = await startHttpServer({ configuration });
    dashboard = await dashboardPage(server.url);
  });
  afterAll(async () => {
    await dashboard?.[Symbol.asyncDispose]();
    await server?.stop();
    place[Symbol.dispose]();
  });

  const start = (): Promise<Response> =>
    fetch(`${server.url}/tools/follow/execute`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', prefer: 'respond-async' },
      body: '{"arguments":{}}',
    });

  test('are listed while there are any, running and queued', async () => {
    const { page } = dashboard;
    await dashboard.open(apiKey);
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await page.getByRole('heading', { name: 'Jobs' }).isVisible()).toBe(false);
    for (let job = 0; job < 2; job++) expect((await start()).status).toBe(202);
    await page.getByRole('heading', { name: 'Jobs' }).waitFor();
    await page.getByText('1 queued, 1 running').waitFor();
    await page.getByRole('log').getByText('follow: running').waitFor();
  });

  test('show their output as it comes, as text', async () => {
    const { page } = dashboard;
    const row = page.getByRole('row').filter({ hasText: 'running' });
    await row.getByRole('button', { name: 'details of the job of follow' }).press('Enter');
    const output = page.getByRole('dialog', { name: 'Job' }).getByRole('group', { name: 'Output of the job' });
    await output.getByText('first line').waitFor();
    appendFileSync(printed, '<img src=x onerror="document.title=1">\nlast line\n');
    await output.getByText('<img src=x onerror="document.title=1">').waitFor();
    await output.getByText('last line').waitFor();
    expect(await dashboard.accessibilityProblems()).toEqual([]);
    await dashboard.screenshot('job');
  });

  test('are cancelled with the keyboard alone, and the next one in the queue starts', async () => {
    const { page } = dashboard;
    const dialog = page.getByRole('dialog', { name: 'Job' });
    await dashboard.tabTo('Cancel the job');
    await page.keyboard.press('Enter');
    await dialog.getByText('The job of follow is being cancelled.').waitFor();
    await dialog.getByText('cancelled', { exact: true }).waitFor();
    expect(await dialog.getByRole('button', { name: 'Cancel the job' }).isVisible()).toBe(false);
    await page.keyboard.press('Escape');
    await page.getByText('1 running', { exact: true }).waitFor();
    for (const width of [1600, 1110, 800, 400]) {
      await page.setViewportSize({ width, height: 1000 });
      expect({ width, overflowing: await page.evaluate(overflowing) }).toEqual({ width, overflowing: [] });
      expect(await dashboard.accessibilityProblems()).toEqual([]);
    }
    await page.setViewportSize({ width: 1440, height: 1000 });
    expect(dashboard.pageErrors).toEqual([]);
  });

  test('of others are not opened with a key that may only read', async () => {
    const { page } = dashboard;
    await page.getByRole('button', { name: 'Forget key' }).press('Enter');
    await dashboard.open(readOnlyKey);
    await page.getByText('1 running', { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'details of the job' }).count()).toBe(0);
  });
});
