/** Authentication, what a caller may see and call, and what ends when its key is revoked. */
import { writeFileSync } from 'node:fs';

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, describe, expect, test } from 'vitest';

import { apiKey, startHttpServer, testConfiguration, type HttpServerProcess } from './harness/server-process.ts';
import { execute, headers } from './harness/tool-requests.ts';

let server: HttpServerProcess | undefined;

afterEach(async () => {
  if (server?.process.exitCode === null) await server.stop();
  server = undefined;
});

async function start(configuration = testConfiguration, key = apiKey): Promise<HttpServerProcess> {
  server = await startHttpServer({ configuration, env: { MCP_SECURITY_API_KEY: key } });
  return server;
}

describe('a revoked key', () => {
  test('is rejected, and the log says where the current key is stored', async () => {
    const { url, configFile } = await start(
      testConfiguration.replace(
        'security:',
        'security:\n  apiKeys: [{ name: a, key: revoked-0123456789, scopes: [tools:read] }]',
      ),
      '',
    );
    const ask = (): Promise<Response> =>
      fetch(`${url}/tools`, { headers: { authorization: 'Bearer revoked-0123456789' } });
    expect((await ask()).status).toBe(200);
    writeFileSync(configFile, testConfiguration);
    await expect.poll(async () => (await ask()).status).toBe(401);
    await expect.poll(() => server!.output().stderr).toMatch(/"file":"[^"]+api-key","msg":"access\.key_from_file"/u);
  });

  test('loses its sessions and streams at once, like a changed key; other keys keep theirs', async () => {
    const entry = (name: string, scopes: string): string =>
      `{ name: ${name}, key: ${name}-key-0123456789, scopes: [${scopes}] }`;
    const both = "'tools:read', 'tools:call'";
    const withKeys = (...keys: string[]): string =>
      testConfiguration.replace('security:', `security:\n  apiKeys: [${keys.join(', ')}]`);
    const { url, configFile } = await start(
      withKeys(entry('goes', both), entry('changes', both), entry('stays', both)),
    );
    const ofKey = async (name: string): Promise<{ streams: Promise<string>[]; session: Record<string, string> }> => {
      const own = {
        ...headers,
        authorization: `Bearer ${name}-key-0123456789`,
        accept: 'application/json, text/event-stream',
      };
      const post = (extra: Record<string, string>, body: object): Promise<Response> =>
        fetch(`${url}/mcp`, {
          method: 'POST',
          headers: { ...own, ...extra },
          body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...body }),
        });
      const clientInfo = { name: 'test', version: '1' };
      const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
      const opened = await post({}, { method: 'initialize', params });
      await opened.text();
      const session = { ...own, 'mcp-session-id': opened.headers.get('mcp-session-id') ?? '' };
      const modern = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' };
      const prefix = 'io.modelcontextprotocol/';
      const _meta = {
        [`${prefix}protocolVersion`]: '2026-07-28',
        [`${prefix}clientInfo`]: clientInfo,
        [`${prefix}clientCapabilities`]: {},
      };
      const listening = {
        method: 'subscriptions/listen',
        params: { notifications: { toolsListChanged: true }, _meta },
      };
      const responses = await Promise.all([
        fetch(`${url}/mcp`, { headers: { ...session, accept: 'text/event-stream' } }),
        post(modern, listening),
        fetch(`${url}/events`, { headers: own }),
      ]);
      expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
      return { streams: responses.map((response) => response.text()), session };
    };
    const [goes, changes, stays] = [await ofKey('goes'), await ofKey('changes'), await ofKey('stays')];
    let ended = 0;
    for (const stream of stays.streams) void stream.catch(() => {}).finally(() => (ended += 1));
    writeFileSync(configFile, withKeys(entry('changes', "'tools:read', 'tools:call:shout'"), entry('stays', both)));
    expect((await fetch(`${url}/config/reload`, { method: 'POST', headers })).status).toBe(200);
    // Nothing else ends them: streams may stay open for an hour.
    const texts = await Promise.all([...goes.streams, ...changes.streams]);
    expect(texts[2]).toContain('data: {"reason":"credential"}');
    expect(ended).toBe(0);
    const ping = (session: Record<string, string>): Promise<Response> =>
      fetch(`${url}/mcp`, { method: 'POST', headers: session, body: '{"jsonrpc":"2.0","id":2,"method":"ping"}' });
    expect((await ping(goes.session)).status).toBe(401);
    expect((await ping(changes.session)).status).toBe(404);
    expect((await ping(stays.session)).status).toBe(200);
    const metrics = await (await fetch(`${url}/metrics`, { headers })).text();
    expect(metrics).toMatch(/^mcp_streams_open 2$/mu);
    expect(metrics).toMatch(/^mcp_sessions_open 1$/mu);
    expect(metrics).toMatch(/^mcp_event_streams_open 1$/mu);
  });
});

describe('a caller', () => {
  test('wrong keys from an address are limited, and the right key is always accepted', async () => {
    const { url } = await start();
    const wrong = (path = '/tools'): Promise<Response> =>
      fetch(`${url}${path}`, { headers: { authorization: 'Bearer guess' } });
    const statuses: number[] = [];
    for (let i = 0; i < 10; i += 1) statuses.push((await wrong(i % 2 === 0 ? '/tools' : '/mcp')).status);
    expect(new Set(statuses)).toEqual(new Set([401]));
    const slowed = await wrong();
    expect(slowed.status).toBe(429);
    expect(Number(slowed.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(slowed.headers.get('connection')).toBe('close');
    expect(await slowed.json()).toMatchObject({ type: 'urn:mcp-server:problem:too_many_auth_failures' });
    expect((await fetch(`${url}/tools`, { headers })).status).toBe(200);
    expect((await fetch(`${url}/tools`)).status).toBe(401);
    expect((await wrong('/health')).status).toBe(200);
    const metrics = await (await fetch(`${url}/metrics`, { headers })).text();
    expect(metrics).toMatch(/^mcp_auth_failures_total 12$/mu);
    expect(metrics).toMatch(/^mcp_auth_throttled_total 2$/mu);
  });

  test('a key with a narrow scope sees and calls only what it may', async () => {
    const narrow = 'narrow-key-0123456789';
    const { url } = await start(
      testConfiguration.replace(
        'security:',
        `security:\n  apiKeys: [{ name: agent, key: ${narrow}, scopes: ['tools:read', 'tools:call:sho*'] }]`,
      ),
    );
    const own = { ...headers, authorization: `Bearer ${narrow}` };
    const listed = await (await fetch(`${url}/tools`, { headers: own })).text();
    expect(listed).toContain('shout');
    expect(listed).not.toContain('http_probe');
    const refused = await fetch(`${url}/tools/system_info/execute`, { method: 'POST', headers: own, body: '{}' });
    expect(refused.status).toBe(403);
    expect((await fetch(`${url}/config`, { headers: own })).status).toBe(403);
    await execute(url, 'system_info', {});
    await execute(url, 'shout', { word: 'of somebody else' });
    const { entries } = (await (await fetch(`${url}/executions`, { headers: own })).json()) as {
      entries: { tool: string; caller: string }[];
    };
    // The first is a call of a tool that it may see, the other its own rejected call.
    expect(entries.map(({ tool, caller }) => `${tool} ${caller}`)).toEqual(['shout default', 'system_info agent']);
    const health = await (await fetch(`${url}/health`, { headers: own })).text();
    expect(health).toContain('tool_shout');
    expect(health).not.toContain('tool_slow');
    expect(await (await fetch(`${url}/health`, { headers })).text()).toContain('tool_slow');
    const scrape = await fetch(`${url}/metrics`, { headers: own });
    expect(scrape.status).toBe(403);
    expect(await scrape.text()).toContain('tools:read and no tools:call:<glob>');
    const client = new Client({ name: 'narrow', version: '1' });
    await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', url), { requestInit: { headers: own } }));
    expect((await client.readResource({ uri: 'mcp://tools/shout' })).contents).toHaveLength(1);
    await expect(client.readResource({ uri: 'mcp://tools/slow' })).rejects.toThrow(/not found/iu);
    for (const uri of ['mcp://metrics', 'mcp://health']) {
      const text = JSON.stringify(await client.readResource({ uri }));
      expect(text).toContain('shout');
      expect(text).not.toMatch(/slow|system_info/u);
    }
    const { completion } = await client.complete({
      ref: { type: 'ref/prompt', name: 'explain_tool' },
      argument: { name: 'tool', value: '' },
    });
    expect(completion.values).toEqual(['shout']);
    await client.close();
  });

  test('rejected requests are logged, and the number of log lines is limited', async () => {
    const { url } = await start();
    for (let i = 0; i < 30; i++) await fetch(`${url}/tools`);
    const lines = server!
      .output()
      .stderr.split('\n')
      .filter((line) => line.includes('http.rejected'));
    expect(lines).toHaveLength(10);
    expect(JSON.parse(lines[0]!)).toMatchObject({ status: 401, method: 'GET', address: '127.0.0.1' });
  });
});

describe('a tool of its own', () => {
  const bearer = (name: string): Record<string, string> => ({ authorization: `Bearer ${name}-key-0123456789` });
  const configuration = testConfiguration
    .replace(
      'security:',
      `security:
  apiKeys:
    - { name: agent, key: agent-key-0123456789, scopes: ['tools:read', 'tools:call'] }
    - { name: release, key: release-key-0123456789, scopes: ['tools:read', 'tools:call', 'tools:scope:deploy'] }`,
    )
    .replace('    command: echo', '    command: echo\n    scope: deploy\n    rateLimit: { requests: 2, window: 3600 }');

  test('scope lets only its holders see and call the tool, and its rate limit holds for each of them', async () => {
    const { url } = await start(configuration);
    const call = async (name: string): Promise<number> =>
      (await execute(url, 'shout', { word: 'a' }, bearer(name))).status;
    expect([await call('release'), await call('release'), await call('release')]).toEqual([200, 200, 429]);
    const refused = await execute(url, 'shout', { word: 'a' }, bearer('agent'));
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain('tools:scope:deploy');
    expect((await execute(url, 'slow', { seconds: 1 }, bearer('agent'))).status).not.toBe(403);
    expect((await fetch(`${url}/tools/shout`, { headers: bearer('agent') })).status).toBe(404);
    const shown = await fetch(`${url}/tools/shout`, { headers: bearer('release') });
    expect(await shown.json()).toMatchObject({ rateLimit: { requests: 2, windowMs: 3_600_000, burst: 2 } });
  });
});
