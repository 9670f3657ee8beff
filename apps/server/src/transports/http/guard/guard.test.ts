import { describe, expect, test } from 'vitest';
import { guardRequest, type AcceptedRequest, type RequestHead } from './guard.ts';
import { hostAndOriginLists } from './host-and-origin.ts';
import type { Rejection } from '../../../problem-details.ts';

const policy = hostAndOriginLists({
  host: '127.0.0.1',
  port: 8787,
  allowedHosts: ['tools.example.com'],
  allowedOrigins: ['http://localhost:6274'],
});
const HOST = '127.0.0.1:8787';

function guard(head: Partial<RequestHead> & { headers?: [string, string][] } = {}): AcceptedRequest | Rejection {
  const { headers = [], ...rest } = head;
  const all: [string, string][] = headers.some(([name]) => /^host$/i.test(name))
    ? headers
    : [['Host', HOST], ...headers];
  return guardRequest({ method: 'POST', url: '/mcp', rawHeaders: all.flat(), ...rest }, policy);
}

function status(result: AcceptedRequest | Rejection): number {
  return result.ok ? 200 : result.status;
}

describe('Host', () => {
  test.each([HOST, 'localhost:8787', 'LOCALHOST:8787', 'tools.example.com', 'Tools.Example.Com'])(
    '%s is allowed, whatever its case',
    (host) => {
      expect(status(guard({ headers: [['host', host]] }))).toBe(200);
    },
  );

  test.each([
    '',
    'localhost',
    '127.0.0.1',
    '127.0.0.1:8788',
    '127.0.0.1:08787',
    'evil@localhost:8787',
    '127.1:8787',
    '0x7f.1:8787',
    '2130706433:8787',
    '[::1]:8787',
    '[::ffff:127.0.0.1]:8787',
    'localhost.:8787',
    'localhost:8787, evil.example',
    'localhost:8787.evil.example',
    ' localhost:8787',
    'localhost:8787 ',
    'localhost:8787/',
    'localhost:8787#',
    'evil.example',
    'tools.example.com:443',
    'LOCALHOST:8787\u212A',
    'a'.repeat(300),
  ])('%j is rejected: only an exact host and port is allowed', (host) => {
    expect(guard({ headers: [['host', host]] })).toMatchObject({ status: 403, problem: { status: 403 } });
  });

  test('a request without Host, which HTTP/1.0 permits, is rejected', () => {
    expect(status(guardRequest({ method: 'GET', url: '/health', rawHeaders: [] }, policy))).toBe(400);
  });

  test('two Host headers are rejected, even when both are allowed', () => {
    expect(
      status(
        guard({
          headers: [
            ['Host', HOST],
            ['host', HOST],
          ],
        }),
      ),
    ).toBe(400);
  });
});

describe('Origin', () => {
  test('an allowed origin gets CORS headers, without credentials', () => {
    const result = guard({ headers: [['origin', 'http://localhost:6274']] });
    expect(result).toMatchObject({
      ok: true,
      preflight: false,
      responseHeaders: { 'access-control-allow-origin': 'http://localhost:6274', vary: 'Origin' },
    });
    expect(JSON.stringify(result)).not.toMatch(/credentials|private-network/i);
  });

  test.each([
    '',
    'null',
    '*',
    'http://localhost:6275',
    'http://localhost',
    'https://localhost:6274',
    'http://localhost:6274/',
    'HTTP://localhost:6274',
    'http://user@localhost:6274',
    'http://localhost:6274, http://evil.example',
    'http://localhost:6274 http://evil.example',
    'http://localhost.evil.example:6274',
    'http://evil.example',
    'file://',
    'http://127.0.0.1:9999',
  ])('%j is rejected: scheme, host and port must all be those of an allowed origin', (origin) => {
    expect(status(guard({ headers: [['origin', origin]] }))).toBe(403);
  });

  test('two Origin headers are rejected', () => {
    const origin: [string, string] = ['origin', 'http://localhost:6274'];
    expect(status(guard({ headers: [origin, origin] }))).toBe(400);
  });

  test('the own origin is allowed everywhere except at the MCP endpoint', () => {
    const headers: [string, string][] = [['origin', `http://${HOST}`]];
    expect(status(guard({ url: '/tools/ping/disable', headers }))).toBe(200);
    expect(status(guard({ url: '/mcp', headers }))).toBe(403);
  });

  test('a page of another name of this server has another origin', () => {
    expect(status(guard({ url: '/tools/ping/disable', headers: [['origin', 'http://localhost:8787']] }))).toBe(403);
  });

  test('the own origin may be https only on a host in allowedHosts', () => {
    const url = '/tools/ping/disable';
    const named: [string, string][] = [
      ['host', 'tools.example.com'],
      ['origin', 'https://tools.example.com'],
    ];
    expect(status(guard({ url, headers: named }))).toBe(200);
    expect(status(guard({ url, headers: [['origin', `https://${HOST}`]] }))).toBe(403);
  });
});

describe('Sec-Fetch-Site', () => {
  test.each(['cross-site', 'CROSS-SITE', '', 'anything'])('%j is rejected', (site) => {
    expect(status(guard({ method: 'GET', url: '/health', headers: [['sec-fetch-site', site]] }))).toBe(403);
  });

  test.each(['same-origin', 'same-site', 'none'])('%s is allowed', (site) => {
    expect(status(guard({ headers: [['sec-fetch-site', site]] }))).toBe(200);
  });

  test('an allowed origin may be cross-site', () => {
    expect(
      status(
        guard({
          headers: [
            ['origin', 'http://localhost:6274'],
            ['sec-fetch-site', 'cross-site'],
          ],
        }),
      ),
    ).toBe(200);
  });
});

describe('preflight', () => {
  const preflight = (origin: string): AcceptedRequest | Rejection =>
    guard({
      method: 'OPTIONS',
      headers: [
        ['origin', origin],
        ['access-control-request-method', 'POST'],
        ['access-control-request-headers', 'authorization, content-type,mcp-protocol-version,x-odd'],
        ['access-control-request-private-network', 'true'],
      ],
    });

  test('is answered for an allowed origin with the known headers and nothing about private networks', () => {
    expect(preflight('http://localhost:6274')).toMatchObject({
      ok: true,
      preflight: true,
      responseHeaders: { 'access-control-allow-headers': 'authorization, content-type, mcp-protocol-version' },
    });
    expect(JSON.stringify(preflight('http://localhost:6274'))).not.toMatch(/private-network|credentials/i);
  });

  test('is rejected for every other origin, and so is OPTIONS without one', () => {
    expect(status(preflight('http://evil.example'))).toBe(403);
    expect(status(guard({ method: 'OPTIONS', headers: [['access-control-request-method', 'POST']] }))).toBe(405);
  });
});

describe('request line', () => {
  test.each(['TRACE', 'CONNECT', 'PUT', 'PATCH', 'PROPFIND', 'post', ''])('the method %j is rejected', (method) => {
    expect(guard({ method })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, POST, DELETE, OPTIONS' } });
  });

  test.each([
    'http://127.0.0.1:8787/mcp',
    '127.0.0.1:8787',
    '*',
    '',
    '//mcp',
    '//evil.example/mcp',
    '/mcp//x',
    '/mcp/../metrics',
    '/./mcp',
    '/mcp/..',
    '/mcp/.',
    '/mcp/%2e%2e/metrics',
    '/mcp/..;/metrics',
    '/%6dcp',
    '/mcp%2fx',
    '/mcp\\..\\metrics',
    '/mcp\u0000',
    '/mcp%00',
    '/mcp#x',
    '/mcp?a#b',
    '/mcp?a=\u00e9',
    '/mc p',
    '/mçp',
  ])('the target %j is rejected', (url) => {
    expect(status(guard({ url }))).toBe(400);
  });

  test('a target that is too long is rejected', () => {
    expect(status(guard({ url: `/${'a'.repeat(5000)}` }))).toBe(414);
  });

  test.each([
    '/',
    '/tools/dns_lookup/execute',
    '/tools/a.b-c~d',
    '/tools/..x',
    '/.well-known/oauth-protected-resource/mcp',
  ])('the path %s is accepted', (url) => {
    expect(guard({ url: `${url}?limit=5&x=%20` })).toMatchObject({ ok: true });
  });
});

describe('body headers', () => {
  const post = (...headers: [string, string][]): number => status(guard({ headers }));

  test.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
  ])('%s is accepted', (type) => {
    expect(post(['content-type', type], ['content-length', '2'])).toBe(200);
  });

  test.each([
    '',
    'text/plain',
    'application/jsonp',
    'application/json-patch+json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=application/json',
    'text/plain; application/json',
    'application/json, text/plain',
    'application/json; charset=utf-16',
    'application/json; charset=utf-8; charset=utf-7',
    'application/json; boundary=x',
    'application/json;',
    'application/json x',
  ])('the type %j is rejected, with and without a body', (type) => {
    expect(post(['content-type', type], ['content-length', '2'])).toBe(415);
    expect(post(['content-type', type])).toBe(415);
  });

  test('the type is required only with a body', () => {
    expect(post(['content-length', '2'])).toBe(415);
    expect(post(['transfer-encoding', 'chunked'])).toBe(415);
    expect(post(['content-length', '0'])).toBe(200);
    expect(post()).toBe(200);
  });

  test.each(['gzip', 'br', 'identity', ''])('the Content-Encoding %j is rejected', (encoding) => {
    expect(post(['content-type', 'application/json'], ['content-encoding', encoding])).toBe(415);
  });

  test('a Content-Length above the limit is rejected before the body is read, and the connection closed', () => {
    const headers: [string, string][] = [
      ['content-type', 'application/json'],
      ['content-length', '262145'],
    ];
    expect(guard({ headers })).toMatchObject({ status: 413, headers: { connection: 'close' } });
    expect(post(['content-type', 'application/json'], ['content-length', '262144'])).toBe(200);
  });

  test.each(['-1', '+1', '1e3', '0x10', '1, 1', '', '9'.repeat(16)])('the Content-Length %j is rejected', (length) => {
    expect(post(['content-type', 'application/json'], ['content-length', length])).toBe(400);
  });

  test('two length headers, and codings other than chunked, are rejected', () => {
    const json: [string, string] = ['content-type', 'application/json'];
    expect(post(json, ['content-length', '2'], ['transfer-encoding', 'chunked'])).toBe(400);
    expect(post(json, ['transfer-encoding', 'gzip, chunked'])).toBe(400);
  });

  test.each(['GET', 'HEAD', 'DELETE'])('a body on %s is rejected', (method) => {
    expect(status(guard({ method, headers: [['content-length', '2']] }))).toBe(400);
  });
});

describe('everything else', () => {
  test.each([
    'Host',
    'Authorization',
    'Content-Type',
    'Content-Length',
    'Sec-Fetch-Site',
    'MCP-Protocol-Version',
    'Mcp-Session-Id',
    'Mcp-Method',
    'Mcp-Name',
    'Last-Event-ID',
  ])('two %s headers are rejected', (name) => {
    expect(
      status(
        guard({
          headers: [
            ['Host', HOST],
            [name, 'x'],
            [name.toLowerCase(), 'x'],
          ],
        }),
      ),
    ).toBe(400);
  });

  test('refuses an Upgrade', () => {
    expect(
      status(
        guard({
          headers: [
            ['Connection', 'Upgrade'],
            ['Upgrade', 'websocket'],
          ],
        }),
      ),
    ).toBe(400);
  });

  test('more than 100 headers are rejected', () => {
    const many = Array.from({ length: 100 }, (_, i): [string, string] => [`x-${i}`, '1']);
    expect(status(guard({ headers: many }))).toBe(431);
    expect(status(guard({ headers: many.slice(1) }))).toBe(200);
  });

  test('forwarding and override headers replace neither host, path nor method', () => {
    const forwarded: [string, string][] = [
      ['X-Forwarded-Host', HOST],
      ['Forwarded', `host=${HOST}`],
      ['X-Forwarded-For', '127.0.0.1'],
      ['X-Original-URL', '/metrics'],
      ['X-HTTP-Method-Override', 'DELETE'],
      ['Cookie', 'a=b'],
    ];
    expect(guard({ headers: forwarded })).toMatchObject({ ok: true, preflight: false });
    expect(status(guard({ headers: [['Host', 'evil.example'], ...forwarded] }))).toBe(403);
  });

  test('the response repeats nothing of a rejected request', () => {
    const rejected = [
      guard({ headers: [['host', 'mark-7f3']] }),
      guard({ headers: [['origin', 'http://mark-7f3']] }),
      guard({ url: '/mark-7f3/%2e' }),
      guard({ method: 'mark-7f3' }),
      guard({ headers: [['content-type', 'mark-7f3']] }),
    ];
    expect(rejected.map((result) => result.ok)).toEqual([false, false, false, false, false]);
    expect(JSON.stringify(rejected)).not.toContain('mark-7f3');
  });
});

describe('policy', () => {
  test('the allowed hosts are the names of the bound address', () => {
    const hosts = (host: string, port = 8080): string[] => [...hostAndOriginLists({ host, port }).hosts];
    expect(hosts('127.0.0.1')).toEqual(['127.0.0.1:8080', 'localhost:8080']);
    expect(hosts('::1')).toEqual(['[::1]:8080', 'localhost:8080']);
    expect(hosts('0.0.0.0')).toEqual(['127.0.0.1:8080', 'localhost:8080']);
    expect(hosts('192.168.1.5')).toEqual(['192.168.1.5:8080']);
    expect(hosts('fd00::5')).toEqual(['[fd00::5]:8080']);
    expect(hosts('127.0.0.1', 80)).toEqual(['127.0.0.1:80', 'localhost:80', '127.0.0.1', 'localhost']);
  });

  test.each([
    '*',
    '*.example.com',
    'http://example.com',
    'example.com/',
    'a b',
    '',
    'example.com:0',
    'example.com:99999x',
  ])('the allowed host %j, which no client sends, is an error', (host) => {
    expect(() => hostAndOriginLists({ host: '127.0.0.1', port: 1, allowedHosts: [host] })).toThrow(/allowedHosts/);
  });

  test.each([
    '*',
    'null',
    'example.com',
    'http://example.com/',
    'http://example.com:80',
    'HTTP://example.com',
    'http://a b',
    '',
  ])('the allowed origin %j, which no browser sends, is an error', (origin) => {
    expect(() => hostAndOriginLists({ host: '127.0.0.1', port: 1, allowedOrigins: [origin] })).toThrow(
      /allowedOrigins/,
    );
  });

  test('the origin of an application that is not a web page is accepted', () => {
    const origin = 'vscode-webview://0abc';
    expect([...hostAndOriginLists({ host: '::1', port: 1, allowedOrigins: [origin] }).origins]).toEqual([origin]);
  });
});
