/** What an operator does to a running server: change it, watch it, limit it, stop it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, describe, expect, it } from 'vitest';

import {
  apiKey,
  cleanEnvironment,
  freePort,
  scratch,
  serverProgram,
  startHttpServer,
  testConfiguration,
  type HttpServerProcess,
} from './harness/server-process.ts';

const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
let server: HttpServerProcess | undefined;

afterEach(async () => {
  if (server?.process.exitCode === null) await server.stop();
  server = undefined;
});

async function start(configuration = testConfiguration, key = apiKey): Promise<HttpServerProcess> {
  server = await startHttpServer({ configuration, env: { MCP_SECURITY_API_KEY: key } });
  return server;
}

async function execute(
  url: string,
  tool: string,
  values: object,
  extra: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${url}/tools/${tool}/execute`, {
    method: 'POST',
    headers: { ...headers, ...extra },
    body: JSON.stringify({ arguments: values }),
  });
}

async function toolNames(url: string): Promise<string[]> {
  const { tools } = (await (await fetch(`${url}/tools`, { headers })).json()) as { tools: { name: string }[] };
  return tools.map(({ name }) => name);
}

/** Reads server-sent events until one matches. */
async function eventOf(stream: Response, pattern: RegExp): Promise<string> {
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!pattern.test(text)) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`the stream ended before ${pattern} came: ${text}`);
    text += value;
  }
  await reader.cancel();
  return text;
}

/** The command lines of all processes of this machine. */
function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      } catch {
        return '';
      }
    });
}

describe('a reload', () => {
  it('adds, changes and removes tools when the file is saved, without a word to the server', async () => {
    const { url, configFile } = await start();
    const events = await fetch(`${url}/events`, { headers });
    writeFileSync(
      configFile,
      testConfiguration.replace(
        '  slow:',
        '  whisper:\n    description: New\n    command: echo\n    args: [psst]\n  slow:',
      ),
    );
    await eventOf(events, /event: config\.reloaded/u);
    expect(await toolNames(url)).toContain('whisper');

    const again = await fetch(`${url}/events`, { headers });
    writeFileSync(configFile, testConfiguration.slice(0, testConfiguration.indexOf('  slow:')));
    await eventOf(again, /event: config\.reloaded/u);
    expect(await toolNames(url)).not.toContain('slow');
    expect(await toolNames(url)).toContain('shout');
  });

  it('lets a call that is running end on the old definition', async () => {
    const { url, configFile } = await start(testConfiguration.replace('timeout: 1s', 'timeout: 20s'));
    const running = execute(url, 'slow', { seconds: 2 });
    const events = await fetch(`${url}/events`, { headers });
    writeFileSync(configFile, testConfiguration.slice(0, testConfiguration.indexOf('  slow:')));
    await eventOf(events, /event: config\.reloaded/u);
    expect((await execute(url, 'slow', { seconds: 1 })).status).toBe(404);
    expect((await running).status).toBe(200);
  });

  it('lets a withdrawn key in no more, and says where the key is that counts now', async () => {
    const { url, configFile } = await start(
      testConfiguration.replace(
        'security:',
        'security:\n  apiKeys: [{ name: a, key: withdrawn-0123456789, scopes: [tools:read] }]',
      ),
      '',
    );
    const ask = (): Promise<Response> =>
      fetch(`${url}/tools`, { headers: { authorization: 'Bearer withdrawn-0123456789' } });
    expect((await ask()).status).toBe(200);
    writeFileSync(configFile, testConfiguration);
    await expect.poll(async () => (await ask()).status, { timeout: 5000 }).toBe(401);
    expect(server!.output().stderr).toMatch(/"file":"[^"]+api-key","msg":"access\.key_from_file"/u);
  });

  it('ends what a withdrawn or changed key holds open at once, and nothing of the others', async () => {
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
    // Nothing else ends them: streams live for an hour.
    const texts = await Promise.all([...goes.streams, ...changes.streams]);
    expect(texts[2]).toContain('data: {"reason":"credential"}');
    expect(ended).toBe(0);
    const ping = (session: Record<string, string>): Promise<Response> =>
      fetch(`${url}/mcp`, { method: 'POST', headers: session, body: '{"jsonrpc":"2.0","id":2,"method":"ping"}' });
    expect((await ping(goes.session)).status).toBe(401);
    expect((await ping(changes.session)).status).toBe(404);
    expect((await ping(stays.session)).status).toBe(200);
    const metrics = await (await fetch(`${url}/metrics`, { headers })).text();
    expect(metrics).toMatch(/^mcp_streams_held 2$/mu);
    expect(metrics).toMatch(/^mcp_sessions_open 1$/mu);
    expect(metrics).toMatch(/^mcp_event_streams_open 1$/mu);
  });

  it('keeps what works when the file is broken, and says where it is broken', async () => {
    const { url, configFile } = await start();
    const events = await fetch(`${url}/events`, { headers });
    const good = readFileSync(configFile, 'utf8');
    writeFileSync(configFile, good.replace('rateLimit:', 'rateLimits:'));
    expect(await eventOf(events, /event: config\.rejected/u)).toContain('rateLimits');
    expect(await toolNames(url)).toContain('shout');
    const response = await fetch(`${url}/config/reload`, { method: 'POST', headers });
    expect(response.status).toBe(422);
    expect(await response.text()).toContain('rateLimits');
  });

  it('refuses a tool that cannot work and names its line, and nothing changes', async () => {
    const { url, configFile } = await start();
    writeFileSync(
      configFile,
      `${testConfiguration}  broken:\n    description: x\n    command: echo\n    args: ['{nope}']\n`,
    );
    const response = await fetch(`${url}/config/reload`, { method: 'POST', headers });
    expect(response.status).toBe(422);
    expect(await response.text()).toMatch(/nope/u);
    expect(await toolNames(url)).not.toContain('broken');
  });
});

describe('limits', () => {
  it('a caller over the rate is told exactly when to come back', async () => {
    const { url } = await start(testConfiguration.replace('requests: 10000', 'requests: 2'));
    await execute(url, 'shout', { word: 'a' });
    await execute(url, 'shout', { word: 'b' });
    const refused = await execute(url, 'shout', { word: 'c' });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    // Another tool has a bucket of its own.
    expect((await execute(url, 'system_info', {})).status).toBe(200);
  });

  it('one call more than the whole server takes is told when to come back, until a reload takes more', async () => {
    const tools = testConfiguration.replace('timeout: 1s', 'timeout: 20s');
    const { url, configFile } = await start(`${tools}server: { maxConcurrentCalls: 1 }\n`);
    const events = await fetch(`${url}/events`, { headers });
    const running = execute(url, 'slow', { seconds: 3 });
    await eventOf(events, /event: call\.started/u);
    const refused = await execute(url, 'shout', { word: 'a' });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({ type: 'urn:mcp-server:problem:resource_exhausted' });
    const metrics = await (await fetch(`${url}/metrics`, { headers })).text();
    expect(metrics).toMatch(/^mcp_calls_in_flight 1$/mu);
    expect(metrics).toMatch(/^mcp_calls_shed 1$/mu);
    writeFileSync(configFile, `${tools}server: { maxConcurrentCalls: 2 }\n`);
    expect((await fetch(`${url}/config/reload`, { method: 'POST', headers })).status).toBe(200);
    expect((await execute(url, 'shout', { word: 'a' })).status).toBe(200);
    expect((await running).status).toBe(200);
    expect((await execute(url, 'shout', { word: 'a' })).status).toBe(200);
  });

  it('an address that sends wrong keys is slowed down, and never one that sends the right one', async () => {
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
    expect(await slowed.json()).toMatchObject({ type: 'urn:mcp-server:problem:too_many_failed_logins' });
    expect((await fetch(`${url}/tools`, { headers })).status).toBe(200);
    expect((await fetch(`${url}/tools`)).status).toBe(401);
    expect((await wrong('/health')).status).toBe(200);
    const metrics = await (await fetch(`${url}/metrics`, { headers })).text();
    expect(metrics).toMatch(/^mcp_logins_failed 12$/mu);
    expect(metrics).toMatch(/^mcp_logins_throttled 2$/mu);
  });

  it('a tool excluded by the configuration cannot be switched on', async () => {
    const { url } = await start(`${testConfiguration}tool: { excludePatterns: [shout] }\n`);
    expect((await fetch(`${url}/tools/shout/enable`, { method: 'POST', headers })).status).toBe(409);
    expect((await execute(url, 'shout', { word: 'x' })).status).toBe(409);
  });

  it('a key with a narrow scope sees and calls only what it may', async () => {
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
    // The first is a call of a tool that it may see, the other its own refused call.
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
});

describe('tracing', () => {
  it("takes the caller's trace id as the correlation id of a call", async () => {
    const { url } = await start();
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const response = await execute(url, 'shout', { word: 'x' }, { traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
    expect(response.headers.get('x-correlation-id')).toBe(traceId);
    expect(server!.output().stderr).toContain(traceId);
  });

  it("passes the caller's trace context on to what a tool asks over HTTP", async () => {
    const seen: unknown[] = [];
    const target = createServer((request, response) => {
      seen.push([request.headers['traceparent'], request.headers['tracestate']]);
      response.end();
    }).listen(0, '127.0.0.1');
    await once(target, 'listening');
    const { url } = await start();
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const probed = { target: `http://127.0.0.1:${(target.address() as AddressInfo).port}/` };
    const tracestate = 'rojo=1,congo=t61';
    await execute(url, 'http_probe', probed, { traceparent, tracestate });
    await execute(url, 'http_probe', probed, { traceparent, tracestate: 'not a list' });
    await execute(url, 'http_probe', probed, { tracestate });
    for (const meta of [{ traceparent, tracestate }, { traceparent }]) {
      await fetch(`${url}/mcp`, {
        method: 'POST',
        headers: { ...headers, accept: 'application/json, text/event-stream', tracestate: 'other=1' },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: { name: 'http_probe', arguments: probed, _meta: meta },
        }),
      }).then((response) => response.text());
    }
    target.close();
    expect(seen).toEqual([
      [traceparent, tracestate],
      [traceparent, undefined],
      [undefined, undefined],
      [traceparent, tracestate],
      [traceparent, undefined],
    ]);
  });

  it('writes the correlation id on every line of a call, that of its breaker included', async () => {
    const { url } = await start(`${testConfiguration}
  broken:
    description: Always fails
    command: 'false'
    failureExitCodes: [1]
    circuitBreaker: { failureThreshold: 1 }
`);
    const body = JSON.stringify({ correlationId: 'broken-1' });
    await fetch(`${url}/tools/broken/execute`, { method: 'POST', headers, body });
    const lines = server!
      .output()
      .stderr.split('\n')
      .filter((line) => /breaker\.changed|call\.finished/u.test(line));
    expect(lines.map((line) => (JSON.parse(line) as { correlationId?: string }).correlationId)).toEqual([
      'broken-1',
      'broken-1',
    ]);
  });

  it('says in the log who is turned away at the door, without filling it', async () => {
    const { url } = await start();
    for (let i = 0; i < 30; i++) await fetch(`${url}/tools`);
    const lines = server!
      .output()
      .stderr.split('\n')
      .filter((line) => line.includes('http.refused'));
    expect(lines).toHaveLength(10);
    expect(JSON.parse(lines[0]!)).toMatchObject({ status: 401, method: 'GET', address: '127.0.0.1' });
  });

  it('keeps no event stream open for those who ask for its headers only', async () => {
    const { url } = await start();
    for (let i = 0; i < 12; i++) {
      expect((await fetch(`${url}/events`, { method: 'HEAD', headers })).status).toBe(200);
    }
    const metrics = await (await fetch(`${url}/metrics`, { headers })).text();
    expect(metrics).toMatch(/^mcp_event_streams_open 0$/mu);
  });

  it('records what arguments said only where that is switched on', async () => {
    const { url } = await start(`${testConfiguration}database: { recordArguments: true }\n`);
    await execute(url, 'shout', { word: 'aloud' });
    const page = (await (await fetch(`${url}/executions`, { headers })).json()) as {
      entries: { argumentText: string }[];
    };
    expect(page.entries[0]?.argumentText).toBe('{"word":"aloud"}');
  });
});

describe('descriptions', () => {
  it('a query parameter that nobody reads is refused, and what is allowed is named', async () => {
    const { url } = await start();
    const refused = async (path: string, key = headers): Promise<string> => {
      const response = await fetch(`${url}${path}`, { headers: key });
      return `${response.status} ${((await response.json()) as { detail?: string }).detail}`;
    };
    const said = '400 The query has a parameter that is unknown here or stands twice; allowed:';
    expect(await refused('/executions?tools=shout')).toBe(`${said} limit, tool, caller, before.`);
    expect(await refused('/executions?limit=1&limit=2')).toBe(`${said} limit, tool, caller, before.`);
    expect(await refused('/metrics?name=mcp_tool')).toBe(`${said} none.`);
    expect(await refused('/tools/shout?verbose')).toBe(`${said} none.`);
    expect((await fetch(`${url}/executions?limit=1&tool=shout`, { headers })).status).toBe(200);
    expect((await fetch(`${url}/health/live?probe=1`)).status).toBe(200);
    expect((await fetch(`${url}/executions?x=1`)).status).toBe(401);
  });

  it('an OpenAPI document names every route', async () => {
    const { url } = await start();
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as { openapi: string; paths: object };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/mcp',
        '/tools',
        '/tools/{name}/execute',
        '/health/live',
        '/metrics',
        '/events',
        '/config',
      ]),
    );
  });

  it('protected-resource metadata says that there is no issuer, when there is none', async () => {
    const { url } = await start();
    expect((await fetch(`${url}/.well-known/oauth-protected-resource`)).status).toBe(404);
  });
});

describe('stopping', () => {
  it('fails readiness at once, refuses new calls, and lets running ones end', async () => {
    const { url, process } = await start(testConfiguration.replace('timeout: 1s', 'timeout: 20s'));
    const events = await fetch(`${url}/events`, { headers });
    const running = execute(url, 'slow', { seconds: 2 });
    await eventOf(events, /event: call\.started/u);
    process.kill('SIGTERM');
    await expect.poll(async () => (await fetch(`${url}/health/ready`)).status).toBe(503);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect((await execute(url, 'shout', { word: 'late' })).status).toBe(429);
    expect((await running).status).toBe(200);
    expect(await server!.closed).toBe(0);
  });

  it('kills what does not end within the grace period, and its answer says cancelled', async () => {
    const { url, process } = await start(
      `${testConfiguration.replace('timeout: 1s', 'timeout: 60s')}server: { shutdownGracePeriod: 1 }\n`,
    );
    const events = await fetch(`${url}/events`, { headers });
    const running = execute(url, 'slow', { seconds: 60 });
    await eventOf(events, /event: call\.started/u);
    process.kill('SIGTERM');
    expect((await running).status).toBe(499);
    expect(await server!.closed).toBe(0);
  });

  it('ends at once at a second signal, and no program is left', async () => {
    const { url, process } = await start(testConfiguration.replace('timeout: 1s', 'timeout: 60s'));
    const events = await fetch(`${url}/events`, { headers });
    const running = execute(url, 'slow', { seconds: 57 }).catch(() => undefined);
    await eventOf(events, /event: call\.started/u);
    process.kill('SIGTERM');
    await expect.poll(async () => (await fetch(`${url}/health/ready`)).status).toBe(503);
    process.kill('SIGTERM');
    expect(await server!.closed).toBe(130);
    await running;
    await expect.poll(() => commandLines().filter((line) => line.includes('sleep\u000057'))).toEqual([]);
  });

  it('ends in stdio mode when nobody reads its answers any more', async () => {
    using place = scratch();
    const child = spawn(process.execPath, [serverProgram], {
      env: cleanEnvironment(place.folder),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}\n';
    child.stdin.on('error', () => {}).write(ping);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    child.stdin.write(ping);
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(0);
  });

  it('ends in stdio mode when stdin ends', async () => {
    using place = scratch();
    const child = spawn(process.execPath, [serverProgram], {
      env: cleanEnvironment(place.folder),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.end();
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(0);
  });
});

describe('stdio mode', () => {
  it('answers everything that was piped into it before it ends', async () => {
    using place = scratch();
    const path = place.write('config.yaml', testConfiguration);
    const child = spawn(process.execPath, [serverProgram, '--config', path], {
      env: cleanEnvironment(place.folder),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    const calls = Array.from({ length: 4 }, (_, index) => ({
      id: index + 1,
      method: 'tools/call',
      params: { name: 'shout', arguments: { word: `word-${index + 1}` } },
    }));
    const clientInfo = { name: 'pipe', version: '1' };
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
    const messages = [{ id: 0, method: 'initialize', params }, ...calls];
    child.stdin.end(messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join(''));
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(0);
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: number; result: object });
    expect(answers.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
    for (const { id, result } of answers.filter((answer) => answer.id > 0)) {
      expect(result).toMatchObject({ structuredContent: { stdout: `word-${id}\n` } });
    }
  });

  it('says in words to act on that the server is full, and which levels there are', async () => {
    using place = scratch();
    const configuration = testConfiguration.replace('timeout: 1s', 'timeout: 20s');
    const path = place.write('config.yaml', `${configuration}server: { maxConcurrentCalls: 1 }\n`);
    const child = spawn(process.execPath, [serverProgram, '--config', path], {
      env: cleanEnvironment(place.folder),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    const clientInfo = { name: 'pipe', version: '1' };
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
    const messages = [
      { id: 0, method: 'initialize', params },
      { id: 1, method: 'tools/call', params: { name: 'slow', arguments: { seconds: 1 } } },
      { id: 2, method: 'tools/call', params: { name: 'shout', arguments: { word: 'x' } } },
      { id: 3, method: 'logging/setLevel', params: { level: 'loud' } },
    ];
    child.stdin.end(messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join(''));
    await once(child, 'close');
    const answers = stdout.trimEnd().split('\n');
    const answerTo = (id: number): unknown =>
      answers.map((line) => JSON.parse(line) as { id?: number }).find((answer) => answer.id === id);
    expect(answerTo(1)).toMatchObject({ result: { structuredContent: { exitCode: 0 } } });
    expect(answerTo(2)).toMatchObject({
      result: {
        isError: true,
        content: [{ text: expect.stringMatching(/^resource_exhausted: The server has 1 calls in flight/u) }],
        _meta: { 'mcp-server/error': { type: 'resource_exhausted', retryAfterMs: 1000 } },
      },
    });
    expect(answerTo(3)).toMatchObject({
      error: { code: -32_602, message: expect.stringMatching(/^The level must be one of debug, info, /u) },
    });
  });

  it('opens an operations listener when a port is configured, and writes nothing but protocol to stdout', async () => {
    using place = scratch();
    const port = await freePort();
    const child = spawn(process.execPath, [serverProgram], {
      env: cleanEnvironment(place.folder, { MCP_METRICS_PROMETHEUS_PORT: String(port), MCP_SECURITY_API_KEY: apiKey }),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    await expect
      .poll(
        () =>
          fetch(`http://127.0.0.1:${port}/health/live`).then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 10_000 },
      )
      .toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(401);
    expect((await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}/mcp`, { headers })).status).toBe(404);
    child.stdin.end();
    await once(child, 'close');
    expect(stdout).toBe('');
  });
});
