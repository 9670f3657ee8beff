import { expect, test } from 'vitest';

import type { Approval } from '../declare/approvals.ts';
import { defineTool } from '../declare/define-tool.ts';
import { fromJsonSchema } from '../declare/from-json-schema.ts';
import type { ToolResult } from '../result/tool-result.ts';
import { Tool } from '../tool/tool.ts';
import { callTool } from './call-tool.ts';
import { unattendedProblem } from './unattended-call.ts';

const runs: unknown[] = [];
const tool = new Tool(
  defineTool({
    name: 'deploy',
    description: 'Deploys',
    confirm: 'operator',
    input: fromJsonSchema({ type: 'object', properties: { to: { type: 'string' } }, required: ['to'] }),
    run: (values) => void runs.push(values),
  }),
);

async function call(approval: Approval | undefined, values: unknown = { to: 'a' }): Promise<ToolResult> {
  return callTool(tool, {
    caller: { name: 'agent' },
    arguments: values,
    ...(approval && { approvals: () => approval }),
  });
}

test('an approved call runs, and the result says so', async () => {
  runs.length = 0;
  expect(await call({ state: 'allowed' })).toMatchObject({ ok: true, meta: { confirmation: 'allowed' } });
  expect(runs).toEqual([{ to: 'a' }]);
});

test.each<[Approval | undefined, string, RegExp]>([
  [{ state: 'denied' }, 'forbidden', /has not allowed this call/],
  [{ state: 'full' }, 'resource_exhausted', /Too many calls wait/],
  [undefined, 'forbidden', /none can be asked about this call/],
  [
    { state: 'waiting', id: 'abc', link: 'http://127.0.0.1:8080/#approval-abc', expiresAtMs: 0 },
    'forbidden',
    /approval abc, open until 1970-01-01T00:00:00\.000Z/,
  ],
])('%j runs nothing', async (approval, type, message) => {
  runs.length = 0;
  const { error } = await call(approval);
  expect(error?.type).toBe(type);
  expect(error?.message).toMatch(message);
  expect(runs).toEqual([]);
});

test('a call that waits gets the link and what to do', async () => {
  const link = 'http://127.0.0.1:8080/#approval-abc';
  const { error } = await call({ state: 'waiting', id: 'abc', link, expiresAtMs: 0 });
  expect(error?.suggestion).toMatch(/#approval-abc Then send exactly the same call again/);
});

test('nobody is asked about a call that would be refused anyway', async () => {
  let asked = 0;
  const approvals = (): Approval => {
    asked += 1;
    return { state: 'allowed' };
  };
  const { error } = await callTool(tool, { caller: { name: 'agent' }, arguments: { to: 1 }, approvals });
  expect([error?.type, asked]).toEqual(['validation_error', 0]);
});

test('a job cannot be approved', async () => {
  expect((await unattendedProblem(tool, { to: 'a' }))?.message).toMatch(/An operator must approve/);
});
