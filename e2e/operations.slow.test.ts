/** Operating a running server: reload, limits, tracing, log, shutdown. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, test } from 'vitest';

import { apiKey, startHttpServer, testConfiguration, type HttpServerProcess } from './harness/server-process.ts';
import { execute, headers } from './harness/tool-requests.ts';

let server: HttpServerProcess | undefined;

afterEach(async () => {
  if (server?.process.exitCode === null) await server.stop();
  server = undefined;
});

async function start(configuration = testConfiguration): Promise<HttpServerProcess> {
  server = await startHttpServer({ configuration, env: { MCP_SECURITY_API_KEY: apiKey } });
  return server;
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
  test('adds, changes and removes tools when the file is saved, without a request', async () => {
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

  test('lets a running call finish with its old definition', async () => {
    const { url, configFile } = await start(testConfiguration.replace('timeout: 1s', 'timeout: 20s'));
    const running = execute(url, 'slow', { seconds: 2 });
    const events = await fetch(`${url}/events`, { headers });
    writeFileSync(configFile, testConfiguration.slice(0, testConfiguration.indexOf('  slow:')));
    await eventOf(events, /event: config\.reloaded/u);
    expect((await execute(url, 'slow', { seconds: 1 })).status).toBe(404);
    expect((await running).status).toBe(200);
  });

  test('keeps the configuration when the file is invalid, and reports where', async () => {
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

  test('rejects an invalid tool with its line, and changes nothing', async () => {
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
  test('a caller over its rate limit gets the exact Retry-After', async () => {
    const { url } = await start(testConfiguration.replace('requests: 10000', 'requests: 2'));
    await execute(url, 'shout', { word: 'a' });
    await execute(url, 'shout', { word: 'b' });
    const refused = await execute(url, 'shout', { word: 'c' });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    // Another tool has its own limit.
    expect((await execute(url, 'system_info', {})).status).toBe(200);
  });

  test('a call over the limit of the server gets Retry-After, until a reload raises the limit', async () => {
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
    expect(metrics).toMatch(/^mcp_calls_shed_total 1$/mu);
    writeFileSync(configFile, `${tools}server: { maxConcurrentCalls: 2 }\n`);
    expect((await fetch(`${url}/config/reload`, { method: 'POST', headers })).status).toBe(200);
    expect((await execute(url, 'shout', { word: 'a' })).status).toBe(200);
    expect((await running).status).toBe(200);
    expect((await execute(url, 'shout', { word: 'a' })).status).toBe(200);
  });

  test('a tool that the configuration excludes cannot be enabled', async () => {
    const { url } = await start(`${testConfiguration}tool: { excludePatterns: [shout] }\n`);
    expect((await fetch(`${url}/tools/shout/enable`, { method: 'POST', headers })).status).toBe(409);
    expect((await execute(url, 'shout', { word: 'x' })).status).toBe(409);
  });
});

describe('tracing', () => {
  test("uses the caller's trace id as the correlation id of a call", async () => {
    const { url } = await start();
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const response = await execute(url, 'shout', { word: 'x' }, { traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
    expect(response.headers.get('x-correlation-id')).toBe(traceId);
    await expect.poll(() => server!.output().stderr).toContain(traceId);
  });

  test("forwards the caller's trace context to the target of http_probe", async () => {
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

  test('writes the correlation id on every log line of a call, also for its breaker', async () => {
    const { url } = await start(`${testConfiguration}
  broken:
    description: Always fails
    command: 'false'
    failureExitCodes: [1]
    circuitBreaker: { failureThreshold: 1 }
`);
    const body = JSON.stringify({ correlationId: 'broken-1' });
    await fetch(`${url}/tools/broken/execute`, { method: 'POST', headers, body });
    const correlationIds = (): unknown[] =>
      server!
        .output()
        .stderr.split('\n')
        .filter((line) => /breaker\.changed|call\.finished/u.test(line) && line.endsWith('}'))
        .map((line) => (JSON.parse(line) as { correlationId?: string }).correlationId);
    await expect.poll(correlationIds).toEqual(['broken-1', 'broken-1']);
  });

  test('HEAD does not open an event stream', async () => {
    const { url } = await start();
    for (let i = 0; i < 12; i++) {
      expect((await fetch(`${url}/events`, { method: 'HEAD', headers })).status).toBe(200);
    }
    const metrics = await (await fetch(`${url}/metrics`, { headers })).text();
    expect(metrics).toMatch(/^mcp_event_streams_open 0$/mu);
  });

  test('records argument values only when that is enabled', async () => {
    const { url } = await start(`${testConfiguration}database: { recordArguments: true }\n`);
    await execute(url, 'shout', { word: 'aloud' });
    const page = (await (await fetch(`${url}/executions`, { headers })).json()) as {
      entries: { argumentText: string }[];
    };
    expect(page.entries[0]?.argumentText).toBe('{"word":"aloud"}');
  });
});

describe('descriptions', () => {
  test('an unknown query parameter is rejected with the allowed ones', async () => {
    const { url } = await start();
    const refused = async (path: string, key = headers): Promise<string> => {
      const response = await fetch(`${url}${path}`, { headers: key });
      return `${response.status} ${((await response.json()) as { detail?: string }).detail}`;
    };
    const said = '400 The query has an unknown or repeated parameter. Allowed:';
    expect(await refused('/executions?tools=shout')).toBe(`${said} limit, tool, caller, before, until, state.`);
    expect(await refused('/executions?limit=1&limit=2')).toBe(`${said} limit, tool, caller, before, until, state.`);
    expect(await refused('/metrics?name=mcp_tool')).toBe(`${said} none.`);
    expect(await refused('/tools/shout?verbose')).toBe(`${said} none.`);
    expect((await fetch(`${url}/executions?limit=1&tool=shout`, { headers })).status).toBe(200);
    expect((await fetch(`${url}/health/live?probe=1`)).status).toBe(200);
    expect((await fetch(`${url}/executions?x=1`)).status).toBe(401);
  });

  test('the OpenAPI document contains every route', async () => {
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

  test('protected-resource metadata lists no authorization server without an issuer', async () => {
    const { url } = await start();
    expect((await fetch(`${url}/.well-known/oauth-protected-resource`)).status).toBe(404);
  });
});

describe('shutdown', () => {
  test('answers on while `server.drainDelay` lasts, not ready, and ends connections from its half on', async () => {
    const env = { MCP_SECURITY_API_KEY: apiKey, MCP_SERVER_DRAIN_DELAY: '8' };
    server = await startHttpServer({ env });
    const { url, process, closed } = server;
    process.kill('SIGTERM');
    await expect.poll(async () => (await fetch(`${url}/health/ready`)).status).toBe(503);
    const early = await execute(url, 'shout', { word: 'early' });
    expect([early.status, early.headers.get('connection')]).toEqual([200, 'keep-alive']);
    await expect.poll(async () => (await fetch(`${url}/health/live`)).headers.get('connection')).toBe('close');
    expect((await execute(url, 'shout', { word: 'late' })).status).toBe(200);
    expect(await closed).toBe(0);
  });

  test('waits for no load balancer on SIGINT', async () => {
    server = await startHttpServer({ env: { MCP_SERVER_DRAIN_DELAY: '60' } });
    server.process.kill('SIGINT');
    expect(await server.closed).toBe(0);
  });

  test('fails readiness at once, rejects new calls, and lets running calls finish', async () => {
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

  test('kills programs after the grace period, and their calls end as cancelled', async () => {
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

  test('exits at once on a second signal, and no program is left', async () => {
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
});
