/** What the audit log has of the client of a call, over either transport and in either protocol era. */
import { PassThrough } from 'node:stream';

import { defineTool, fromJsonSchema } from '@mcp/tool-base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { TestCredentials } from '../../access/test-support/test-credentials.ts';
import type { AuditEntry } from '../../observability/audit/audit-entry.ts';
import { McpHttpEndpoint } from './http-endpoint.ts';
import { ChangeNotifier } from './sdk/connection/change-notifier.ts';
import { startStdioEndpoint } from './stdio-endpoint.ts';
import { envelope, initialize, post, type Message } from './test-support/messages.ts';
import { testDependencies, type TestDependencies } from './test-support/test-dependencies.ts';

const ann = { name: 'ann', scopes: ['tools:call'], keyName: 'ann' };
const client = { name: 'test', version: '1.0.0' };
const call = { name: 'echo', arguments: { text: 'hi' } };

async function lastEntry({ audit }: TestDependencies): Promise<AuditEntry | undefined> {
  return (await audit.query({ limit: 1 })).entries[0];
}

describe('over HTTP', () => {
  let dependencies: TestDependencies;
  let endpoint: McpHttpEndpoint;
  beforeEach(() => {
    dependencies = testDependencies();
    const callers = new TestCredentials();
    endpoint = new McpHttpEndpoint({ ...dependencies, notifier: new ChangeNotifier(), callers, onError: () => {} });
  });
  afterEach(() => endpoint.close());

  async function send(message: Message, headers: Record<string, string>): Promise<Response | undefined> {
    const { request, body } = post(message, headers);
    const answer = await endpoint.post({
      headers: Object.fromEntries(request.headers),
      body: body as Record<string, unknown>,
      principal: ann,
      address: '10.0.0.9',
      request: () => request,
      onDisconnect: () => () => {},
    });
    if (!(answer instanceof Response)) return undefined;
    await answer.clone().text();
    return answer;
  }

  const modern = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'echo' };

  test.each([
    ['the fast path', {}],
    ['the SDK', { progressToken: 1 }],
  ])('a call of the 2026 revision, answered by %s, has address, key and client', async (_, meta) => {
    await send({ method: 'tools/call', id: 1, params: { ...call, _meta: { ...envelope, ...meta } } }, modern);
    expect(await lastEntry(dependencies)).toMatchObject({ tool: 'echo', address: '10.0.0.9', keyName: 'ann', client });
  });

  test.each([
    ['the fast path', {}],
    ['the SDK', { progressToken: 1 }],
  ])('a call in a 2025-era session, answered by %s, has the client of its session', async (_, meta) => {
    const session = (await send(initialize, {}))?.headers.get('mcp-session-id') ?? '';
    await send({ method: 'tools/call', id: 2, params: { ...call, _meta: meta } }, { 'mcp-session-id': session });
    expect(await lastEntry(dependencies)).toMatchObject({ tool: 'echo', address: '10.0.0.9', keyName: 'ann', client });
  });
});

describe('over stdio', () => {
  test.each(['modern', 'legacy'])('a call of the %s era has the client, and neither address nor key', async (era) => {
    const dependencies = testDependencies();
    const [input, output] = [new PassThrough(), new PassThrough()];
    const streams = { input, output };
    const [notifier, ignore] = [new ChangeNotifier(), (): void => {}];
    const endpoint = startStdioEndpoint({ ...dependencies, notifier, onError: ignore, onInvalidLine: ignore, streams });
    const write = (message: Message): boolean => input.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    if (era === 'legacy') write(initialize);
    write({ method: 'tools/call', id: 1, params: era === 'modern' ? { ...call, _meta: envelope } : call });
    await expect.poll(() => lastEntry(dependencies)).toMatchObject({ tool: 'echo', client });
    expect(Object.keys((await lastEntry(dependencies)) ?? {})).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(?:address|keyName)$/u)]),
    );
    await endpoint.close();
  });
});

test('a call whose result cannot be written as JSON is a failure in the audit log', async () => {
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  const input = fromJsonSchema({ type: 'object' });
  const tool = defineTool({ name: 'cycle', description: 'Returns a cycle', input, run: () => cycle });
  const dependencies = testDependencies([tool]);
  await dependencies.gateway.call({ name: 'cycle', arguments: {}, principal: ann });
  expect(await lastEntry(dependencies)).toMatchObject({ tool: 'cycle', outcome: 'execution_error' });
});
