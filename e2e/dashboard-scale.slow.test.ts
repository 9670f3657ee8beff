/** The dashboard with many tools. What it costs with many calls is measured in benchmarks/bounds. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { chromiumProgram, dashboardPage, overflowing, type DashboardPage } from './harness/dashboard-page.ts';
import { simulatedServer, simulatedTools, type SimulatedServer } from './harness/simulated-server.ts';

const TOOLS = 205;

describe.skipIf(chromiumProgram === undefined)('the dashboard with 205 tools', () => {
  let server: SimulatedServer;
  let dashboard: DashboardPage;

  beforeAll(async () => {
    server = await simulatedServer(simulatedTools(TOOLS));
    dashboard = await dashboardPage(server.url);
    await dashboard.open('some-key-0123456789abcdef');
    await dashboard.page.getByText('Live', { exact: true }).waitFor();
  });
  afterAll(async () => {
    await dashboard?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  const shown = (): Promise<string[]> => dashboard.page.locator('#tool-rows .name').allTextContents();

  test('links to Grafana for longer ranges', async () => {
    const link = dashboard.page.getByRole('link', { name: 'Longer ranges in Grafana' });
    expect(await link.getAttribute('href')).toBe('https://grafana.example/d/mcp');
  });

  test('lists problems first', async () => {
    expect((await shown()).slice(0, 3)).toEqual(['check_host_120', 'check_host_77', 'check_host_33']);
  });

  test('sorts by a column, and in reverse with a second click', async () => {
    const { page } = dashboard;
    const heading = page.getByRole('columnheader', { name: 'p95' });
    await heading.getByRole('button').press('Enter');
    expect((await shown())[0]).toBe('check_host_204');
    expect(await heading.getAttribute('aria-sort')).toBe('descending');
    await heading.getByRole('button').press('Enter');
    expect((await shown())[0]).toBe('check_host_0');
    expect(await heading.getAttribute('aria-sort')).toBe('ascending');
  });

  test('keeps filter, order and selection in the address, also for a page that is opened with it', async () => {
    const { page } = dashboard;
    await page.getByRole('searchbox', { name: 'Filter' }).fill('host_7');
    await page.getByRole('combobox', { name: 'Show' }).selectOption('Breaker not closed');
    await page.getByRole('button', { name: 'check_host_77', exact: true }).press('Enter');
    const { hash } = new URL(page.url());
    expect(Object.fromEntries(new URLSearchParams(hash.slice(1)))).toEqual({
      q: 'host_7',
      show: 'breakers',
      sort: 'p95',
      order: 'reversed',
      tool: 'check_host_77',
    });
    await page.reload();
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await shown()).toEqual(['check_host_77']);
    await page.getByRole('heading', { name: 'check_host_77' }).waitFor();
    await page.getByRole('button', { name: 'Show all tools' }).press('Enter');
    await page.goto(server.url);
    await page.getByText('Live', { exact: true }).waitFor();
  });

  test('has rows for the tools in view only, and the others appear while scrolling', async () => {
    const { page } = dashboard;
    const table = page.getByRole('table', { name: 'Tools' });
    expect(await table.getAttribute('aria-rowcount')).toBe(String(TOOLS + 1));
    await expect.poll(async () => (await shown()).length).toBeLessThan(40);
    await page.locator('#tool-scroll').evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
    await page.getByRole('button', { name: 'check_host_204', exact: true }).waitFor();
    expect((await shown()).length).toBeLessThan(40);
  });

  test('a row with the focus stays while the list is scrolled and changes', async () => {
    const { page } = dashboard;
    const row = page.getByRole('button', { name: 'check_host_204', exact: true });
    await row.focus();
    await page.locator('#tool-scroll').evaluate((scroller) => scroller.scrollTo(0, 0));
    server.send('breaker.changed', {
      tool: 'check_host_3',
      breaker: 'check_host_3',
      from: 'closed',
      to: 'open',
      reason: 'x',
    });
    await page.getByText('3 not closed').waitFor();
    expect(await row.evaluate((element) => element === document.activeElement)).toBe(true);
    await row.blur();
    await expect.poll(async () => (await shown()).slice(0, 2)).toContain('check_host_3');
  });

  test.each([360, 768, 1100, 1600])('is accessible and nothing overflows at a width of %i', async (width) => {
    const { page } = dashboard;
    await page.setViewportSize({ width, height: 900 });
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 300))));
    expect(await page.evaluate(overflowing)).toEqual([]);
    expect(await dashboard.accessibilityProblems()).toEqual([]);
    expect(
      await page.locator('#tool-rows tr').evaluateAll((rows) => rows.map((row) => getComputedStyle(row).display)),
    ).toContain(width < 700 ? 'grid' : 'table-row');
    await dashboard.screenshot(`scale-${width}`);
  });
});
