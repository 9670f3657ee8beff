/** `confirm: operator`: a call that another person approves over HTTP. */
import { afterEach, expect, test } from 'vitest';

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
