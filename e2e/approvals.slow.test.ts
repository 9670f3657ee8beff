/** `confirm: operator`: a call that another person approves over HTTP. */
import type { Locator } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';

import { chromiumProgram, dashboardPage } from './harness/dashboard-page.ts';
import { startHttpServer, testConfiguration, type HttpServerProcess } from './harness/server-process.ts';
import { execute } from './harness/tool-requests.ts';

let server: HttpServerProcess | undefined;

afterEach(async () => {
  if (server?.process.exitCode === null) await server.stop();
  server = undefined;
});

const bearer = (name: string): Record<string, string> => ({ authorization: `Bearer ${name}-key-0123456789` });
const configuration = testConfiguration
  .replace(
    'security:',
    `security:
  apiKeys:
    - { name: agent, key: agent-key-0123456789, scopes: ['tools:read', 'tools:call', approvals] }
    - { name: ops, key: ops-key-0123456789, scopes: ['tools:read', 'tools:call', approvals] }`,
  )
  .replace('    command: echo', '    command: echo\n    confirm: operator');

test('a call waits for another person, runs once after the approval, and the audit log names both', async () => {
  server = await startHttpServer({ configuration, env: { MCP_SECURITY_API_KEY: '' } });
  const { url } = server;
  const call = (): Promise<Response> => execute(url, 'shout', { word: 'hello' }, bearer('agent'));
  const post = (path: string, name: string): Promise<Response> =>
    fetch(`${url}${path}`, { method: 'POST', headers: bearer(name) });
  const waiting = await call();
  expect(waiting.status).toBe(403);
  const refusal = await waiting.text();
  const list = await fetch(`${url}/approvals`, { headers: bearer('ops') });
  const { approvals } = (await list.json()) as { approvals: { id: string }[] };
  expect(approvals).toMatchObject([
    { tool: 'shout', caller: 'agent', arguments: '{"word":"hello"}', state: 'waiting' },
  ]);
  const { id } = approvals[0]!;
  expect(refusal).toContain(`${url}/#approval-${id}`);

  expect((await post(`/approvals/${id}/approve`, 'agent')).status).toBe(403);
  expect((await post('/approvals/unknown/approve', 'ops')).status).toBe(404);
  expect((await post(`/approvals/${id}/approve`, 'ops')).status).toBe(200);
  expect((await post(`/approvals/${id}/deny`, 'ops')).status).toBe(409);
  const ran = await call();
  expect(ran.status).toBe(200);
  expect(await ran.text()).toContain('hello');
  expect((await call()).status).toBe(403);

  await expect
    .poll(async () => {
      const audit = await fetch(`${url}/executions?tool=shout`, { headers: bearer('ops') });
      const { entries } = (await audit.json()) as { entries: Record<string, unknown>[] };
      return entries.map(({ caller, outcome, approvedBy }) => ({ caller, outcome, approvedBy }));
    })
    .toEqual([
      { caller: 'agent', outcome: 'forbidden', approvedBy: undefined },
      { caller: 'agent', outcome: 'success', approvedBy: 'ops' },
      { caller: 'ops', outcome: 'approved', approvedBy: undefined },
      { caller: 'agent', outcome: 'forbidden', approvedBy: undefined },
    ]);
});

test.skipIf(chromiumProgram === undefined)('an operator approves it in the dashboard', async () => {
  server = await startHttpServer({ configuration, env: { MCP_SECURITY_API_KEY: '' } });
  const { url } = server;
  const call = async (name: string): Promise<number> =>
    (await execute(url, 'shout', { word: 'hello' }, bearer(name))).status;
  await using dashboard = await dashboardPage(url);
  const { page } = dashboard;
  await dashboard.open('ops-key-0123456789');
  await page.getByRole('heading', { name: 'Tools', exact: true }).waitFor();
  expect(await page.locator('#approvals').isHidden()).toBe(true);
  expect(await call('agent')).toBe(403);
  const waiting = page.locator('#approval-list li');
  await waiting.getByText('{"word":"hello"}').waitFor();
  expect(await dashboard.accessibilityProblems()).toEqual([]);
  const metrics = await (await fetch(`${url}/metrics`, { headers: bearer('ops') })).text();
  expect(metrics).toMatch(/^mcp_approvals_waiting 1$/mu);
  await page.getByRole('button', { name: 'Approve the call of shout by agent' }).click();
  await page.getByText('agent may call shout once.').waitFor();
  await page.locator('#approvals').waitFor({ state: 'hidden' });
  expect(await call('agent')).toBe(200);
  expect(await call('ops')).toBe(403);
  await waiting.getByText('another person decides').waitFor();
  expect(await page.getByRole('button', { name: 'Approve the call of shout by ops' }).isDisabled()).toBe(true);
  expect(dashboard.pageErrors).toEqual([]);
});

test.skipIf(chromiumProgram === undefined)('the link of a refusal shows its call in the dashboard', async () => {
  server = await startHttpServer({ configuration, env: { MCP_SECURITY_API_KEY: '' } });
  const { url } = server;
  const links: string[] = [];
  for (let n = 0; n < 20; n += 1) {
    const refusal = await (await execute(url, 'shout', { word: `hello ${n}` }, bearer('agent'))).text();
    links.push(/#approval-[\w-]+/u.exec(refusal)?.[0] ?? '');
  }
  await using dashboard = await dashboardPage(`${url}/${links.at(-1)}`);
  const { page } = dashboard;
  await page.setViewportSize({ width: 800, height: 400 });
  await dashboard.open('ops-key-0123456789');
  const linked = page.locator('#approval-list li[aria-current]');
  await linked.getByText('{"word":"hello 19"}').waitFor();
  await expect.poll(() => isInView(linked)).toBe(true);
  await page.evaluate((hash) => (location.hash = hash), links[0]!);
  await linked.getByText('{"word":"hello 0"}').waitFor();
  await expect.poll(() => isInView(linked)).toBe(true);
  expect(await linked.count()).toBe(1);
});

function isInView(item: Locator): Promise<boolean> {
  return item.evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  });
}
