/** The dashboard as an operator uses it: the built server, a real Chromium, and where it matters only the keyboard. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { clientKinds } from './harness/clients.ts';
import { chromiumProgram, dashboardPage, overflowing, pixelsOf, type DashboardPage } from './harness/dashboard-page.ts';
import { apiKey, startHttpServer, testConfiguration, type HttpServerProcess } from './harness/server-process.ts';

const hostileText = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
const readOnlyKey = 'read-key-0123456789abcdef';
const configuration = `${testConfiguration}
  fails:
    description: Lists a file that is not there
    command: ls
    args: ['{word}']
    parameters: { word: { type: string, maxLength: 40 } }
  hostile:
    description: '${hostileText}'
    command: echo
    args: ['${hostileText.replaceAll('"', '')}']
  never:
    description: Excluded
    command: echo
tool: { excludePatterns: [never] }
circuitBreaker: { failureThreshold: 2, recoveryTimeout: 40, jitter: 0 }
`.replace(
  'security:\n',
  `security:\n  apiKeys: [{ name: reader, key: ${readOnlyKey}, scopes: ['tools:read', 'tools:call'] }]\n`,
);

/** Arguments are not recorded by value. */
const missingFile = /The program ended with exit code 2: .*<word>.*: No such file or directory/u;

describe.skipIf(chromiumProgram === undefined)('the dashboard in Chromium', () => {
  let server: HttpServerProcess;
  let dashboard: DashboardPage;

  beforeAll(async () => {
    server = await startHttpServer({ configuration });
    dashboard = await dashboardPage(server.url);
  });
  afterAll(async () => {
    await dashboard?.[Symbol.asyncDispose]();
    await server?.stop();
  });

  const call = (tool: string, values: Record<string, unknown>, key = apiKey): Promise<Response> =>
    fetch(`${server.url}/tools/${tool}/execute`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ arguments: values }),
    });
  const toolRow = (tool: string) =>
    dashboard.page.getByRole('row').filter({ has: dashboard.page.getByRole('switch', { name: `${tool} on` }) });
  const offered = async (): Promise<string[]> => {
    const [kind] = clientKinds;
    await using client = await kind!.connect({ transport: 'http', url: server.url });
    return await client.toolNames();
  };

  test('asks for a key, and says so when the server does not accept it', async () => {
    const { page } = dashboard;
    await dashboard.open('wrong-key-0123456789abcdef');
    await page.getByText('The server does not accept this key.').waitFor();
    await dashboard.open('');
    await page.getByText('This server requires a key.').waitFor();
    expect(await dashboard.accessibilityProblems()).toEqual([]);
    expect(await page.getByRole('heading', { name: 'Tools', exact: true }).isVisible()).toBe(false);
  });

  test('opens with a key that may read, which stays in this tab and in no address', async () => {
    const { page } = dashboard;
    await dashboard.open(apiKey);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.reload();
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await page.evaluate(() => Object.values(localStorage))).toEqual([]);
    expect(await page.context().cookies()).toEqual([]);
    expect(dashboard.requested.join()).not.toContain(apiKey);
  });

  test('shows a call when it ends: in the list, in the figures, in the plots', async () => {
    const { page } = dashboard;
    await call('shout', { word: 'hi' });
    await page.getByRole('cell', { name: 'shout' }).first().waitFor();
    for (let i = 0; i < 20; i++) await call('shout', { word: `w${i}` });
    await call('tcp_check', { target: '8.8.8.8', port: 53 });
    await expect.poll(() => toolRow('shout').getByRole('cell').nth(3).textContent()).toMatch(/^0\.\d\d\/s$/u);
    await expect.poll(() => page.evaluate(pixelsOf, ['Calls', '--calls'] as const)).toBeGreaterThan(50);
    await expect.poll(() => page.evaluate(pixelsOf, ['Errors', '--rejected'] as const)).toBeGreaterThan(20);
    await expect.poll(() => page.evaluate(pixelsOf, ['Latency', '--p50'] as const)).toBeGreaterThan(5);
  });

  test('shows the plots of one tool when it is chosen, and tells their values to the arrow keys', async () => {
    const { page } = dashboard;
    await dashboard.tabTo('shout');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'shout' }).waitFor();
    const plot = page.getByRole('slider', { name: 'Latency' });
    await plot.focus();
    const now = Number(await plot.getAttribute('aria-valuenow'));
    await page.keyboard.press('ArrowLeft');
    await expect.poll(async () => Number(await plot.getAttribute('aria-valuenow'))).toBeLessThan(now);
    expect(await plot.getAttribute('aria-valuetext')).toMatch(/^\d\d:\d\d:\d\d: p50 .+, p95 .+, p99 .+$/u);
    await page.getByRole('button', { name: 'Show all tools' }).press('Enter');
    await page.getByRole('heading', { name: 'All tools' }).waitFor();
  });

  test('a call opens with its message, exit code and the shape of its arguments', async () => {
    const { page } = dashboard;
    await call('fails', { word: 'secret-word' });
    await page.getByRole('button', { name: 'details of the call of fails' }).waitFor();
    await dashboard.tabTo(/^\d\d:\d\d:\d\d: details of the call of fails$/u);
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Call' });
    await dialog.getByText('word: string(11)').waitFor();
    await dialog.getByText(missingFile).waitFor();
    expect(await dialog.getByRole('definition').allTextContents()).toContain('2');
    expect(await dialog.textContent()).not.toContain('secret-word');
    expect(await dashboard.accessibilityProblems()).toEqual([]);
    await dashboard.screenshot('call');
    await page.keyboard.press('Escape');
  });

  test('a tool opens with limits, last failures and a form, by which it is called', async () => {
    const { page } = dashboard;
    await page.getByRole('button', { name: 'fails', exact: true }).press('Enter');
    const details = page.getByRole('region', { name: 'Details of the tool' });
    await details.getByText(missingFile).waitFor();
    await details.getByText('Timeout', { exact: true }).waitFor();
    const onOff = details.getByRole('switch', { name: 'fails on' });
    for (const state of ['false', 'true']) {
      await onOff.press('Enter');
      await expect.poll(() => onOff.getAttribute('aria-checked')).toBe(state);
      await expect.poll(() => details.locator('#try-call').isVisible()).toBe(state === 'true');
    }
    await page.getByRole('button', { name: 'fails', exact: true }).press('Enter');
    await page.getByRole('button', { name: 'shout', exact: true }).press('Enter');
    await details.getByLabel('word (required)').fill('from the form');
    await page.keyboard.press('Enter');
    await details.getByRole('group', { name: 'Output of the call' }).getByText('from the form').waitFor();
    await details.getByText('Success in').waitFor();
    expect(await dashboard.accessibilityProblems()).toEqual([]);
    await dashboard.screenshot('tool');
    await page.getByRole('button', { name: 'Show all tools' }).press('Enter');
  });

  test('shows the configuration with origins, and why the last reload was rejected', async () => {
    const { page } = dashboard;
    await dashboard.tabTo('Configuration');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Configuration' });
    await dialog.getByRole('searchbox').fill('failureThreshold');
    await dialog.getByRole('row').filter({ hasText: 'circuitBreaker.failureThreshold' }).getByText(/:\d+$/u).waitFor();
    expect(await dialog.textContent()).not.toContain(apiKey);
    writeFileSync(server.configFile, `${configuration}nonsense: 1\n`);
    await dialog.getByRole('button', { name: 'Reload' }).press('Enter');
    await dialog.getByText('was rejected; the configuration below stays in use').waitFor();
    expect(await dashboard.accessibilityProblems()).toEqual([]);
    await dashboard.screenshot('configuration');
    const banner = page.getByRole('alert').filter({ hasText: 'The last reload of the configuration was rejected' });
    for (const width of [360, 768, 1440]) {
      await page.setViewportSize({ width, height: 1000 });
      expect({ width, overflowing: await page.evaluate(overflowing) }).toEqual({ width, overflowing: [] });
    }
    await page.evaluate(() => document.querySelector('#health-checks')?.scrollIntoView());
    // It is part of the bar that stays in view.
    expect((await banner.boundingBox())?.y).toBeGreaterThanOrEqual(0);
    writeFileSync(server.configFile, configuration);
    await dialog.getByRole('button', { name: 'Reload' }).press('Enter');
    await dialog.getByText('The configuration was reloaded.').waitFor();
    await page.keyboard.press('Escape');
  });

  test('switches a tool off and on with the keyboard alone, for every client', async () => {
    const { page } = dashboard;
    expect(await offered()).toContain('shout');
    await dashboard.tabTo('shout on');
    await page.keyboard.press('Space');
    await page.getByText('shout is disabled.').waitFor();
    expect(await page.getByRole('switch', { name: 'shout on' }).getAttribute('aria-checked')).toBe('false');
    expect(await offered()).not.toContain('shout');
    expect((await call('shout', { word: 'x' })).status).toBe(409);
    await page.getByRole('log').getByText('shout disabled').waitFor();
    await page.keyboard.press('Space');
    await page.getByText('shout is enabled.').waitFor();
    expect(await offered()).toContain('shout');
    await page.getByText('shout is enabled.').waitFor({ state: 'hidden' });
  });

  test('forces a breaker open and resets it with the keyboard alone', async () => {
    const { page } = dashboard;
    await dashboard.tabTo('Breaker of shout: Closed');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    expect(await dashboard.accessibilityProblems()).toEqual([]);
    await dashboard.tabTo('Force open');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('Forced open by an operator').waitFor();
    await page.getByText('The breaker of shout is forced open.').waitFor();
    await dashboard.screenshot('breaker');
    expect((await call('shout', { word: 'x' })).status).toBe(503);
    await dashboard.tabTo('Force closed');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('Forced closed by an operator').waitFor();
    await dashboard.tabTo('Reset');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('Closed: calls run').waitFor();
    await page.keyboard.press('Escape');
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
      .toBe('Breaker of shout: Closed');
    expect((await call('shout', { word: 'x' })).status).toBe(200);
  });

  test('a breaker that is forced open before its first call stops the calls to every target', async () => {
    const { page } = dashboard;
    const target = { target: `${server.url}/health/live` };
    await page.getByRole('button', { name: 'Breaker of http_probe: No targets yet' }).press('Enter');
    await page.getByRole('dialog').getByText('also for those that are called later').waitFor();
    await page.getByRole('button', { name: 'Force open' }).press('Enter');
    await page.getByRole('dialog').getByText('every call is rejected until it is reset').waitFor();
    expect((await call('http_probe', target)).status).toBe(503);
    await page.getByRole('button', { name: 'Reset' }).press('Enter');
    await page.getByRole('dialog').getByText('there are none yet').waitFor();
    expect((await call('http_probe', target)).status).not.toBe(503);
    await page.keyboard.press('Escape');
  });

  test('counts down to the next probe of a breaker that failures opened', async () => {
    await Promise.all([call('slow', { seconds: 9 }), call('slow', { seconds: 9 })]);
    const pill = toolRow('slow').getByText(/retry in/u);
    const seconds = async (): Promise<number> =>
      Number(/(?<s>\d+) s$/u.exec((await pill.textContent()) ?? '')?.groups?.['s']);
    await pill.waitFor();
    const first = await seconds();
    expect(first).toBeLessThanOrEqual(40);
    await expect.poll(seconds).toBeLessThan(first);
    await dashboard.page.getByRole('log').getByText('failure threshold reached').waitFor();
  });

  test('offers no switch for a tool that the configuration excludes', async () => {
    const { page } = dashboard;
    const row = page.getByRole('row').filter({ has: page.getByRole('button', { name: 'never', exact: true }) });
    await row.getByText('Excluded by the configuration').waitFor();
    expect(await row.getByRole('switch').count()).toBe(0);
  });

  test('shows what tools and callers say as text and nothing else', async () => {
    const { page } = dashboard;
    await call('hostile', {});
    const row = toolRow('hostile');
    await row.getByText(hostileText).waitFor();
    expect(await page.locator('img:not([src="dashboard/icon.svg"])').count()).toBe(0);
    expect(await page.title()).toBe('Tool server');
  });

  test.each(['dark', 'light'] as const)('is accessible and readable on every screen in %s', async (colorScheme) => {
    const { page } = dashboard;
    await page.emulateMedia({ colorScheme });
    for (const [name, width] of [
      ['wide', 1600],
      ['laptop', 1440],
      ['narrow', 1110],
      ['tablet', 800],
      ['phone', 400],
      ['wall', 2560],
    ] as const) {
      await page.setViewportSize({ width, height: 1000 });
      // Plots follow the size of the window with the next frame.
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 300))));
      expect({ width, overflowing: await page.evaluate(overflowing) }).toEqual({ width, overflowing: [] });
      expect(await dashboard.accessibilityProblems()).toEqual([]);
      await dashboard.screenshot(`${colorScheme}-${name}`);
    }
    await page.setViewportSize({ width: 1440, height: 1000 });
  });

  test('keeps to the theme that the operator chose, whatever the system prefers', async () => {
    const { page } = dashboard;
    const background = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.body.parentElement!).backgroundColor);
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await background();
    await page.getByLabel('Theme').selectOption('Light');
    const light = await background();
    expect(light).not.toBe(dark);
    await page.reload();
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await background()).toBe(light);
    await page.getByLabel('Theme').selectOption('System');
    expect(await background()).toBe(dark);
  });

  test('asked no other host for anything, and broke no rule of its policy', () => {
    expect(dashboard.requested.length).toBeGreaterThan(20);
    expect(dashboard.requested.filter((url) => !url.startsWith(`${server.url}/`))).toEqual([]);
    expect(dashboard.pageErrors).toEqual([]);
  });

  test('offers no switch and no breaker control to a key that is read-only', async () => {
    const { page } = dashboard;
    await page.getByRole('button', { name: 'Forget key' }).press('Enter');
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    await dashboard.open(readOnlyKey);
    await page.getByText('reader, read-only').waitFor();
    expect(await page.getByRole('switch').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Configuration' }).isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Breaker of shout: Closed' }).press('Enter');
    await page.getByRole('dialog').getByText('Read-only: to control breakers').waitFor();
    expect(await page.getByRole('button', { name: 'Force open' }).isVisible()).toBe(false);
    await page.keyboard.press('Escape');
  });

  test('says when it is disconnected, and comes back by itself', async () => {
    const { page } = dashboard;
    const { port } = new URL(server.url);
    await server.stop();
    await page.getByText('Disconnected', { exact: true }).waitFor();
    await page.getByText('The page may be out of date.').waitFor();
    await dashboard.screenshot('disconnected');
    server = await startHttpServer({ configuration, port: Number(port) });
    await page.getByText('Live', { exact: true }).waitFor();
    // Another run of the server numbers its events anew.
    await page.getByRole('log').getByText('events were missed').waitFor();
    await call('shout', { word: 'again' });
    await page.getByRole('cell', { name: 'shout' }).first().waitFor();
    expect(dashboard.pageErrors).toEqual([]);
  });
});
