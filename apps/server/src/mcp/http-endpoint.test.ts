import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Principal } from '../access/principal.ts';
import { ChangeNotifier } from './change-notifier.ts';
import { McpHttpEndpoint } from './http-endpoint.ts';
import { answerIn, envelope, initialize, post, type Message } from './test-support/messages.ts';
import { testParts } from './test-support/protocol-parts.ts';

const ann: Principal = { name: 'ann', scopes: ['tools:call'] };
const onlyOther: Principal = { name: 'bob', scopes: ['tools:call:other_*'] };

let endpoint: McpHttpEndpoint;
beforeEach(() => {
  endpoint = new McpHttpEndpoint({ ...testParts(), notifier: new ChangeNotifier(), onError: () => {} });
});
afterEach(() => endpoint.close());

function send(message: Message, headers: Record<string, string> = {}, principal = ann): Promise<Response> {
  const { request, body } = post(message, headers);
  return endpoint.handle(request, body, principal);
}

function modern(
  method: string,
  params: Record<string, unknown>,
  headers: Record<string, string> = {},
): Promise<Response> {
  const name = typeof params['name'] === 'string' ? { 'mcp-name': params['name'] } : {};
  return send(
    { method, id: 1, params: { ...params, _meta: envelope } },
    { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, ...name, ...headers },
  );
}

const call = { name: 'echo', arguments: { text: 'hi' } };

describe('the MCP endpoint', () => {
  it('answers a request of the 2026 revision without a session', async () => {
    const response = await modern('tools/call', call);
    expect(response.headers.get('mcp-session-id')).toBeNull();
    expect(await answerIn(response)).toMatchObject({ id: 1, result: { content: [{ type: 'text', text: 'hi' }] } });
    expect(endpoint.sessionCount).toBe(0);
  });

  it('says who it is and what it can to server/discover', async () => {
    expect(await answerIn(await modern('server/discover', {}))).toMatchObject({
      result: {
        supportedVersions: expect.arrayContaining(['2026-07-28']),
        capabilities: { tools: { listChanged: true }, prompts: { listChanged: true }, completions: {} },
        instructions: 'Be careful.',
      },
    });
  });

  it('refuses a header that contradicts the body', async () => {
    const response = await modern('tools/call', call, { 'mcp-name': 'other' });
    expect(response.status).toBe(400);
    expect(await answerIn(response)).toMatchObject({ id: 1, error: { code: -32_020 } });
  });

  it('opens a session for a client of the 2025 era', async () => {
    const response = await send(initialize);
    expect(await answerIn(response)).toMatchObject({ result: { protocolVersion: '2025-11-25' } });
    expect(endpoint.sessionCount).toBe(1);
  });

  it('answers a 2025-era request without a session for itself alone', async () => {
    const response = await send(
      { method: 'tools/call', id: 2, params: call },
      { 'mcp-protocol-version': '2025-11-25' },
    );
    expect(await answerIn(response)).toMatchObject({ id: 2, result: { content: [{ text: 'hi' }] } });
    expect(endpoint.sessionCount).toBe(0);
  });

  it('knows no session that it did not open', async () => {
    expect((await send({ method: 'ping', id: 3 }, { 'mcp-session-id': 'made-up' })).status).toBe(404);
  });

  it('makes an unknown tool a protocol error that does not repeat its name', async () => {
    const { error } = await answerIn(await modern('tools/call', { name: 'no_such_tool' }));
    expect(error).toMatchObject({ code: -32_602 });
    expect(JSON.stringify(error)).not.toContain('no_such_tool');
  });

  it('shows and runs only what the credential allows', async () => {
    const headers = { 'mcp-protocol-version': '2025-11-25' };
    const listed = await answerIn(await send({ method: 'tools/list', id: 4 }, headers, onlyOther));
    expect(listed).toMatchObject({ result: { tools: [] } });
    const answer = await answerIn(await send({ method: 'tools/call', id: 5, params: call }, headers, onlyOther));
    expect(answer).toMatchObject({
      result: { isError: true, content: [{ text: expect.stringMatching(/^forbidden/u) }] },
    });
  });
});
