/** The built-in tools against real listeners on loopback, through the pipeline that every call takes. */
import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';

import { callTool, TargetPolicy, Tool, type ToolResult } from '@mcp/tool-base';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { builtInTools } from './index.ts';

const policy = new TargetPolicy({ allowed: ['loopback'] });
const tools = new Map(builtInTools.map((definition) => [definition.name, new Tool(definition, { policy })]));

function call(name: string, values: Record<string, unknown>): Promise<ToolResult> {
  return callTool(tools.get(name), { arguments: values, caller: { name: 'test' } });
}

function failures(name: string): number {
  return [...(tools.get(name)?.breakers ?? [])].reduce((sum, breaker) => sum + breaker.stats().totals.failure, 0);
}

let web: HttpServer;
let webUrl: string;
let mute: TcpServer;
let closedPort: number;

beforeAll(async () => {
  web = createHttpServer((request, response) => {
    if (request.url === '/moved') return void response.writeHead(302, { location: 'http://10.0.0.1/' }).end();
    if (request.url === '/broken') {
      response.writeHead(200, { 'content-length': 100 }).write('abc');
      return void setImmediate(() => response.destroy());
    }
    if (request.url === '/large') return void response.end('x'.repeat(200_000));
    response.writeHead(200, { 'content-type': 'text/plain' }).end(`host=${request.headers.host}`);
  }).listen(0, '127.0.0.1');
  await once(web, 'listening');
  webUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  mute = createTcpServer(() => {}).listen(0, '127.0.0.1');
  await once(mute, 'listening');
  const gone = createTcpServer().listen(0, '127.0.0.1');
  await once(gone, 'listening');
  closedPort = (gone.address() as AddressInfo).port;
  gone.close();
});

afterAll(() => {
  web.close();
  mute.close();
});

describe('tcp_check', () => {
  test('calls a listening port open', async () => {
    const { port } = mute.address() as AddressInfo;
    expect((await call('tcp_check', { target: '127.0.0.1', port })).structured).toMatchObject({
      state: 'open',
      address: '127.0.0.1',
    });
  });

  test('calls a refused connection closed, which is an answer and no error', async () => {
    const result = await call('tcp_check', { target: '127.0.0.1', port: closedPort });
    expect(result).toMatchObject({ ok: true, structured: { state: 'closed' } });
  });

  test.each([0, 65_536, 1.5, '80'])('refuses port %s before anything is contacted', async (port) => {
    expect(await call('tcp_check', { target: '127.0.0.1', port })).toMatchObject({
      ok: false,
      error: { type: 'validation_error' },
    });
  });
});

describe('http_probe', () => {
  test('reports status, headers and the start of a textual body', async () => {
    const { structured } = await call('http_probe', { target: `${webUrl}/` });
    expect(structured).toMatchObject({ status: 200, address: '127.0.0.1', bodyTruncated: false });
    expect(structured['body']).toBe(`host=${webUrl.slice('http://'.length)}`);
  });

  test('reports a redirect and does not follow it', async () => {
    const { structured } = await call('http_probe', { target: `${webUrl}/moved` });
    expect(structured).toMatchObject({ status: 302, headers: { location: 'http://10.0.0.1/' } });
  });

  test('reads no more of a large body than it may', async () => {
    const { structured } = await call('http_probe', { target: `${webUrl}/large` });
    expect(structured).toMatchObject({ bodyBytes: 65_536, bodyTruncated: true });
  });

  test('says that nothing answered, without counting it against its breaker', async () => {
    const result = await call('http_probe', { target: `http://127.0.0.1:${closedPort}/` });
    expect(result).toMatchObject({
      ok: false,
      error: { type: 'tool_error', message: 'No HTTP answer: ECONNREFUSED.' },
    });
    expect(failures('http_probe')).toBe(0);
  });

  test('says that an answer broke off, which no server can use to switch the tool off', async () => {
    const result = await call('http_probe', { target: `${webUrl}/broken` });
    expect(result.error).toMatchObject({
      type: 'tool_error',
      message: 'The answer, with status 200, broke off: ECONNRESET.',
    });
    expect(failures('http_probe')).toBe(0);
  });

  test.each(['http_probe', 'tls_inspect'])('%s has a breaker for each target', (name) => {
    expect(tools.get(name)?.breakers.scope).toBe('target');
  });

  test.each(['http://8.8.8.8/', 'http://127.0.0.1@8.8.8.8/', 'file:///etc/passwd', 'http://127.1/'])(
    'refuses %s',
    async (target) => {
      expect(await call('http_probe', { target })).toMatchObject({ ok: false, error: { type: 'validation_error' } });
    },
  );
});

describe('tls_inspect', () => {
  test('says what is wrong when the service does not speak TLS', async () => {
    const port = Number(webUrl.split(':').at(-1));
    const result = await call('tls_inspect', { target: '127.0.0.1', port });
    expect(result).toMatchObject({ ok: false, error: { type: 'tool_error' } });
    expect(result.error?.message).toMatch(/^No TLS handshake: /u);
  });
});

describe('dns_lookup', () => {
  test('finds the name of the loopback address the way programs on this machine do', async () => {
    const named = new Tool(
      builtInTools.find(({ name }) => name === 'dns_lookup')!,
      {
        policy: new TargetPolicy({ allowed: ['localhost'] }),
      },
    );
    const result = await callTool(named, { arguments: { target: 'localhost' }, caller: { name: 'test' } });
    expect(result.structured).toMatchObject({ found: true });
    expect(JSON.stringify(result.structured['records'])).toMatch(/127\.0\.0\.1|::1/u);
  });
});

describe('system_info', () => {
  test('reports plain figures and takes no arguments', async () => {
    expect((await call('system_info', {})).structured).toMatchObject({ platform: process.platform });
    expect(await call('system_info', { verbose: true })).toMatchObject({ error: { type: 'validation_error' } });
  });
});
