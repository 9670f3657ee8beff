/** A tool with `confirm` over the real protocol, in both eras and over plain HTTP; the audit log has the answer. */
import { PassThrough } from 'node:stream';

import { defineTool, fromJsonSchema } from '@mcp/tool-base';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { TestCredentials } from '../../../access/test-support/test-credentials.ts';
import type { AuditEntry } from '../../../observability/audit/audit-entry.ts';
import { McpHttpEndpoint } from '../http-endpoint.ts';
import { ChangeNotifier } from '../sdk/connection/change-notifier.ts';
import { startStdioEndpoint } from '../stdio-endpoint.ts';
import { answerIn, envelope, initialize, post } from '../test-support/messages.ts';
import { testDependencies, type TestDependencies } from '../test-support/test-dependencies.ts';

const KEY = 'confirmation_of_the_call';
const ann = { name: 'ann', scopes: ['tools:call'] };
const call = { name: 'erase', arguments: { path: '/tmp/a' } };

let runs: number;
let dependencies: TestDependencies;
beforeEach(() => {
  runs = 0;
  const input = fromJsonSchema({ type: 'object', properties: { path: { type: 'string' } } });
  const run = (): string => `erased ${++runs}`;
  dependencies = testDependencies([
    defineTool({ name: 'erase', description: 'Erases', confirm: 'always', input, run }),
  ]);
});

async function lastEntry(): Promise<AuditEntry | undefined> {
  return (await dependencies.audit.query({ limit: 1 })).entries[0];
}

interface Answer {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: { readonly message: string };
  readonly result?: Readonly<Record<string, unknown>> & { readonly requestState?: string };
}

let endpoint: McpHttpEndpoint | undefined;
afterEach(async () => {
  await endpoint?.close();
  endpoint = undefined;
});

async function modern(params: object, capabilities: object = { elicitation: {} }): Promise<Answer> {
  endpoint ??= new McpHttpEndpoint({
    ...dependencies,
    notifier: new ChangeNotifier(),
    callers: new TestCredentials(),
    onError: () => {},
  });
  const _meta = { ...envelope, 'io.modelcontextprotocol/clientCapabilities': capabilities };
  const { request, body } = post(
    { method: 'tools/call', id: 1, params: { ...call, ...params, _meta } },
    { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'erase' },
  );
  return answerIn(await endpoint.handle(request, body, ann));
}

test('a client of the 2026 revision asks its user and repeats the call with the answer', async () => {
  const asked = await modern({});
  expect(asked.result).toMatchObject({
    resultType: 'input_required',
    inputRequests: { [KEY]: { method: 'elicitation/create', params: { message: expect.stringContaining('/tmp/a') } } },
  });
  expect(runs).toBe(0);
  const { requestState } = asked.result ?? {};
  const answered = await modern({ requestState, inputResponses: { [KEY]: { action: 'accept', content: {} } } });
  expect(answered.result).toMatchObject({ content: [{ type: 'text', text: 'erased 1' }] });
  expect(await lastEntry()).toMatchObject({ outcome: 'success', confirmation: 'allowed', caller: 'ann' });
});

test('an answer to other arguments does not count', async () => {
  const { requestState } = (await modern({})).result ?? {};
  const inputResponses = { [KEY]: { action: 'accept', content: {} } };
  const other = await modern({ arguments: { path: '/' }, requestState, inputResponses });
  expect(other.result).toMatchObject({ resultType: 'input_required' });
  expect(runs).toBe(0);
});

test('a no is final', async () => {
  const { requestState } = (await modern({})).result ?? {};
  const answered = await modern({ requestState, inputResponses: { [KEY]: { action: 'decline' } } });
  expect(answered.result).toMatchObject({
    isError: true,
    content: [{ text: expect.stringMatching(/^forbidden: The user has not allowed this call \(declined\)\./u) }],
  });
  expect(runs).toBe(0);
  expect(await lastEntry()).toMatchObject({ decision: 'refused', outcome: 'forbidden', confirmation: 'declined' });
});

test('a client that cannot ask, and plain HTTP, are refused', async () => {
  const { result } = await modern({}, {});
  expect(result).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('elicitation') }] });
  const plain = await dependencies.gateway.call({ ...call, principal: ann });
  expect(plain.error).toMatchObject({ type: 'forbidden', message: expect.stringContaining('cannot ask') });
  expect(runs).toBe(0);
});

test('a client of the 2025 era is asked while the call is open', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const ignore = (): void => {};
  const streams = { input, output };
  const notifier = new ChangeNotifier();
  const stdio = startStdioEndpoint({ ...dependencies, notifier, onError: ignore, onInvalidLine: ignore, streams });
  const said: Answer[] = [];
  output.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n').filter((each) => each !== '')) said.push(JSON.parse(line) as Answer);
  });
  const send = (message: object): boolean => input.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const { method, id, params } = initialize;
  send({ method, id, params: { ...params, capabilities: { elicitation: {} } } });
  send({ method: 'notifications/initialized' });
  send({ method: 'tools/call', id: 7, params: call });
  const request = (): Answer | undefined => said.find((message) => message.method === 'elicitation/create');
  await expect.poll(request).toBeDefined();
  send({ id: request()?.id, result: { action: 'accept', content: {} } });
  await expect
    .poll(() => said.find((message) => message.id === 7)?.result)
    .toMatchObject({ content: [{ text: 'erased 1' }] });
  expect(await lastEntry()).toMatchObject({ outcome: 'success', confirmation: 'allowed', caller: 'stdio' });
  await stdio.close();
});
