/** `tasks/get` without the SDK says what the SDK would say. */
import { defineTool, fromJsonSchema, ToolError } from '@mcp/tool-base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { settled } from '../../../jobs/test-support/test-jobs.ts';
import type { FastAnswer } from './fast-path-answer.ts';
import { envelope, post } from '../test-support/messages.ts';
import { ann, TestJobServer, withTasks } from '../test-support/test-job-server.ts';

let end: (result: unknown) => void;
let fail: (error: Error) => void;
let server: TestJobServer;
let taskId: string;
beforeEach(async () => {
  server = new TestJobServer([
    defineTool({
      name: 'work',
      description: 'Works',
      job: { mode: 'required' },
      input: fromJsonSchema({ type: 'object' }),
      run: () =>
        new Promise((resolve, reject) => {
          [end, fail] = [resolve, reject];
        }),
    }),
  ]);
  await server.endpoint.prepare();
  const { result } = await server.modern('tools/call', { name: 'work', arguments: {} }, { capabilities: withTasks });
  taskId = String(result?.['taskId']);
  await settled();
});
afterEach(() => server[Symbol.asyncDispose]());

interface Differences {
  readonly headers?: Readonly<Record<string, string>>;
  readonly params?: object;
  readonly capabilities?: object;
  readonly principal?: typeof ann;
}

/** What the endpoint answers, and what the SDK does. */
async function both({ headers, params, capabilities = withTasks, principal = ann }: Differences = {}): Promise<{
  readonly isFast: boolean;
  readonly answer: unknown;
  readonly sdk: unknown;
}> {
  const _meta = { ...envelope, 'io.modelcontextprotocol/clientCapabilities': capabilities };
  const given = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tasks/get', 'mcp-name': taskId, ...headers };
  const message = { method: 'tasks/get', id: 7, params: { taskId, ...params, _meta } };
  const { request, body } = post(message, given);
  const answer: FastAnswer | Response = await server.endpoint.post({
    headers: { accept: 'application/json, text/event-stream', ...given },
    body: body as Record<string, unknown>,
    principal,
    address: '127.0.0.1',
    request: () => request.clone(),
    onDisconnect: () => () => {},
  });
  const sdk: unknown = await (await server.endpoint.handle(request, body, principal)).json();
  const isFast = !(answer instanceof Response);
  return { isFast, answer: isFast ? JSON.parse(answer.body) : await answer.json(), sdk };
}

describe('a task of its caller', () => {
  test.each([
    ['working', () => {}],
    ['completed', () => end({ rows: [1, 2] })],
    ['completed with an error', () => fail(new ToolError('tool_error', 'It did not work.'))],
    ['failed', () => fail(new ToolError('internal_error', 'Internal server error.'))],
  ])('is answered on the fast path: %s', async (_, act) => {
    act();
    await settled();
    const { isFast, answer, sdk } = await both();
    expect(isFast).toBe(true);
    expect(answer).toEqual(sdk);
    expect(answer).toMatchObject({ id: 7, result: { taskId, resultType: 'complete' } });
  });
});

describe('everything else is for the SDK', () => {
  test.each<[string, Differences, number]>([
    ['another name in the header', { headers: { 'mcp-name': 'other' } }, -32_020],
    ['another method in the header', { headers: { 'mcp-method': 'tools/call' } }, -32_020],
    ['a foreign task', { principal: { name: 'bob', scopes: ['tools:call'] } }, -32_602],
    ['no extension', { capabilities: {} }, -32_021],
    ['no task id', { params: { taskId: 7 } }, -32_602],
  ])('%s', async (_, differences, code) => {
    const { isFast, answer, sdk } = await both(differences);
    expect(isFast).toBe(false);
    expect(answer).toEqual(sdk);
    expect(answer).toMatchObject({ error: { code } });
  });
});
