/** `tools/list` in pages: as HTTP and stdio answer it, to clients of both protocol eras. */
import { once } from 'node:events';
import { PassThrough } from 'node:stream';

import { defineTool, fromJsonSchema } from '@mcp/tool-base';
import { expect, test } from 'vitest';

import { TestCredentials } from '../../access/test-support/test-credentials.ts';
import { McpHttpEndpoint } from './http-endpoint.ts';
import type { McpPostRequest } from './fast-path/http-fast-path.ts';
import { ChangeNotifier } from './sdk/connection/change-notifier.ts';
import { startStdioEndpoint } from './stdio-endpoint.ts';
import { answerIn, envelope, initialize, post } from './test-support/messages.ts';
import { testDependencies, type TestDependencies } from './test-support/test-dependencies.ts';

type Answer = { readonly result?: ListResult; readonly error?: { code: number; message: string } };
type ListResult = { readonly tools: readonly { name: string }[]; readonly nextCursor?: string };
type List = (params: Record<string, unknown>) => Promise<Answer>;

const everything = { name: 'ann', scopes: ['tools:call'] };
const NAMES = Array.from({ length: 9 }, (_, index) => `tool_${index}`);

function manyTools(): TestDependencies {
  const text = { type: 'string', description: 'x'.repeat(40_000) };
  const input = fromJsonSchema({ type: 'object', properties: { text } });
  return testDependencies(NAMES.map((name) => defineTool({ name, description: 'x', input, run: () => name })));
}

function overHttp(era: string, principal = everything): { list: List; close: () => Promise<void> } {
  const callers = new TestCredentials();
  const endpoint = new McpHttpEndpoint({
    ...manyTools(),
    notifier: new ChangeNotifier(),
    callers,
    onError: () => {},
  });
  return {
    close: () => endpoint.close(),
    list: async (params) => {
      const modern = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' };
      const { request, body } = post(
        { method: 'tools/list', id: 1, params: era === 'modern' ? { ...params, _meta: envelope } : params },
        era === 'modern' ? modern : { 'mcp-protocol-version': '2025-11-25' },
      );
      const headers = Object.fromEntries(request.headers);
      const onDisconnect = (): (() => void) => () => {};
      const sent = {
        headers,
        body,
        principal,
        address: undefined,
        request: () => request,
        onDisconnect,
      } as McpPostRequest;
      const answer = await endpoint.post(sent);
      return answerIn(
        answer instanceof Response ? answer : new Response(answer.body, { headers: pairs(answer.headers) }),
      );
    },
  };
}

function pairs(flat: readonly string[]): [string, string][] {
  return flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? ''] as [string, string]] : []));
}

async function overStdio(era: string): Promise<{ list: List; close: () => Promise<void> }> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const endpoint = startStdioEndpoint({
    ...manyTools(),
    notifier: new ChangeNotifier(),
    onError: () => {},
    onInvalidLine: () => {},
    streams: { input, output },
  });
  output.setEncoding('utf8');
  let text = '';
  const ask = async (message: object): Promise<Answer> => {
    input.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    while (!text.includes('\n')) text += String(await once(output, 'data'));
    const [line = ''] = text.split('\n', 1);
    text = text.slice(line.length + 1);
    return JSON.parse(line) as Answer;
  };
  if (era === 'legacy') {
    await ask(initialize);
    input.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);
  }
  return {
    close: () => endpoint.close(),
    list: (params) =>
      ask({ method: 'tools/list', id: 1, params: era === 'modern' ? { ...params, _meta: envelope } : params }),
  };
}

const open = { HTTP: overHttp, stdio: overStdio };

test.each([
  ['HTTP', 'modern'],
  ['HTTP', 'legacy'],
  ['stdio', 'modern'],
  ['stdio', 'legacy'],
] as const)('over %s, a client of the %s era that follows the cursors gets every tool once', async (transport, era) => {
  const { list, close } = await open[transport](era);
  const found: string[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const { result } = await list(cursor === undefined ? {} : { cursor });
    found.push(...(result?.tools.map(({ name }) => name) ?? []));
    cursor = result?.nextCursor;
    pages += 1;
  } while (cursor !== undefined);
  expect(found).toEqual(NAMES);
  expect(pages).toBe(3);
  // The first page comes from the cache now, and is the same.
  expect((await list({})).result).toMatchObject({ tools: { length: 3 }, nextCursor: expect.any(String) });
  expect((await list({ cursor: '' })).result?.tools).toEqual((await list({})).result?.tools);
  const madeUp = await list({ cursor: 'made-up' });
  expect(madeUp.error).toMatchObject({ code: -32_602, message: expect.stringMatching(/^There is no page/u) });
  await close();
});

test('the cursor of a tool that the caller may not see is unknown to that caller', async () => {
  const { list, close } = overHttp('modern', { name: 'bob', scopes: ['tools:call:tool_8'] });
  expect(await list({})).toMatchObject({ result: { tools: [{ name: 'tool_8' }] } });
  const hidden = Buffer.from('tool_0').toString('base64url');
  expect((await list({ cursor: hidden })).error?.code).toBe(-32_602);
  await close();
});
