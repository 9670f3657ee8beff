/** The plain HTTP routes of a running server. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { apiKey, startHttpServer, type HttpServerProcess } from './harness/server-process.ts';

let server: HttpServerProcess;

beforeAll(async () => {
  server = await startHttpServer();
});
afterAll(() => server.stop());

const authorized = { authorization: `Bearer ${apiKey}` };
const json = { ...authorized, 'content-type': 'application/json' };

function get(path: string, headers: Record<string, string> = authorized): Promise<Response> {
  return fetch(server.url + path, { headers });
}

function post(path: string, body: string, headers: Record<string, string> = json): Promise<Response> {
  return fetch(server.url + path, { method: 'POST', headers, body });
}

async function problemOf(response: Response): Promise<Record<string, unknown>> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return (await response.json()) as Record<string, unknown>;
}

describe('POST /tools/{name}/execute', () => {
  test('responds 200 with content, structured content and the requested correlation id', async () => {
    const response = await post(
      '/tools/shout/execute',
      JSON.stringify({ arguments: { word: 'hi' }, correlationId: 'call-1' }),
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('x-correlation-id')).toBe('call-1');
    expect(await response.json()).toMatchObject({ ok: true, structuredContent: { exitCode: 0, stdout: 'hi\n' } });
  });

  test.each([
    ['an unknown tool', '/tools/nope/execute', '{}', 404],
    ['a target outside the policy', '/tools/tcp_check/execute', '{"arguments":{"target":"8.8.8.8","port":53}}', 400],
    ['an argument of the wrong type', '/tools/shout/execute', '{"arguments":{"word":7}}', 400],
    ['an unknown member of the body', '/tools/shout/execute', '{"arguments":{"word":"x"},"shell":true}', 400],
    ['a body that is not JSON', '/tools/shout/execute', '{"arguments":', 400],
    ['a body with a duplicate key', '/tools/shout/execute', '{"arguments":{},"arguments":{}}', 400],
    ['a run that takes too long', '/tools/slow/execute', '{"arguments":{"seconds":30}}', 504],
  ])('responds to %s with a problem', async (_, path, body, status) => {
    const response = await post(path, body);
    expect(response.status).toBe(status);
    const problem = await problemOf(response);
    expect(problem).toMatchObject({ status, type: expect.stringMatching(/^urn:mcp-server:problem:/u) });
    expect(JSON.stringify(problem)).not.toMatch(/node_modules|\.ts:|\.js:/u);
  });

  test('rejects a body of another media type before reading it', async () => {
    const response = await post('/tools/shout/execute', '{}', { ...authorized, 'content-type': 'text/plain' });
    expect(response.status).toBe(415);
  });

  test('rejects a body that is too large', async () => {
    const response = await post('/tools/shout/execute', JSON.stringify({ arguments: { word: 'x'.repeat(300_000) } }));
    expect(response.status).toBe(413);
  });
});

describe('an unknown method or path', () => {
  test('gets 405 with the methods of the path', async () => {
    const response = await get('/tools/shout/execute');
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    expect((await post('/metrics', '')).headers.get('allow')).toBe('GET, HEAD');
  });

  test('gets 404 for a path that does not exist', async () => {
    expect((await problemOf(await get('/nowhere')))['status']).toBe(404);
  });
});

describe('access', () => {
  test.each(['/tools', '/metrics', '/executions', '/config', '/events', '/mcp'])(
    '%s needs a credential',
    async (path) => {
      const response = await get(path, {});
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/u);
    },
  );

  test('a wrong key is rejected', async () => {
    expect((await get('/tools', { authorization: 'Bearer wrong-key-0123456789' })).status).toBe(401);
  });

  test('a page of another origin is rejected on every route', async () => {
    for (const path of ['/health', '/tools', '/mcp']) {
      const response = await get(path, { ...authorized, origin: 'http://evil.example' });
      expect(response.status).toBe(403);
    }
  });
});

describe('operator routes', () => {
  test('health needs no credential and then shows no details', async () => {
    for (const path of ['/health', '/health/live', '/health/ready', '/health/startup']) {
      const response = await get(path, {});
      expect(response.headers.get('content-type')).toContain('application/health+json');
      expect(Object.keys((await response.json()) as object)).toEqual(['status']);
    }
  });

  test('health shows every check with tools:read', async () => {
    expect(await (await get('/health')).json()).toHaveProperty('checks');
  });

  test('metrics count the calls in Prometheus text', async () => {
    await post('/tools/shout/execute', '{"arguments":{"word":"counted"}}');
    const text = await (await get('/metrics')).text();
    expect(text).toMatch(/^mcp_tool_execution_total\{tool="shout",status="success",error_type="none"\} [1-9]/mu);
    expect(text).toMatch(/^circuit_breaker_state\{name="shout"\} 0$/mu);
  });

  test('the audit log has caller, tool and the shape of the arguments', async () => {
    await post('/tools/shout/execute', '{"arguments":{"word":"private"},"correlationId":"audited"}');
    const text = await (await get('/executions?tool=shout')).text();
    expect(text).toContain('"correlationId":"audited"');
    expect(text).not.toContain('private');
    expect(text).toMatch(/"address":"(?:::ffff:)?127\.0\.0\.1"/u);
  });

  test('a refused credential is in the audit log with its reason', async () => {
    expect((await get('/tools', { authorization: 'Bearer wrong-key-0123456789' })).status).toBe(401);
    const text = await (await get('/executions?tool=__none__')).text();
    expect(text).toContain('"reason":"key_unknown"');
    expect(text).not.toContain('wrong-key');
  });

  test('a disabled tool leaves the list and is rejected with 409', async () => {
    expect((await post('/tools/shout/disable', '')).status).toBe(200);
    const response = await post('/tools/shout/execute', '{"arguments":{"word":"x"}}');
    expect(response.status).toBe(409);
    expect((await post('/tools/shout/enable', '')).status).toBe(200);
  });

  test('a breaker that is forced open rejects with 503 and no time to retry', async () => {
    expect((await post('/tools/shout/breaker/open', '')).status).toBe(200);
    const response = await post('/tools/shout/execute', '{"arguments":{"word":"x"}}');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBeNull();
    expect((await post('/tools/shout/breaker/reset', '')).status).toBe(200);
    expect((await post('/tools/shout/execute', '{"arguments":{"word":"x"}}')).status).toBe(200);
  });

  test('events report a call while it runs', async () => {
    const stream = await get('/events');
    await post('/tools/shout/execute', '{"arguments":{"word":"seen"},"correlationId":"seen-1"}');
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!/call\.finished[\s\S]*seen-1/u.test(text)) {
      const { done, value } = await reader.read();
      if (done) break;
      text += value;
    }
    await reader.cancel();
    expect(text).toMatch(/event: call\.started\n/u);
    expect(text).toMatch(/id: \S+\n/u);
  });
});
