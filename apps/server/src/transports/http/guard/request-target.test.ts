import { describe, expect, test } from 'vitest';

import { guard, statusOf } from './test-support/guard.ts';

describe('request line', () => {
  test.each(['TRACE', 'CONNECT', 'PUT', 'PATCH', 'PROPFIND', 'post', ''])('the method %j is rejected', (method) => {
    expect(guard({ method })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, POST, DELETE, OPTIONS' } });
  });

  test.each([
    'http://other.example/mcp',
    'http://127.0.0.1:8787@other.example/mcp',
    'http://127.0.0.1:8787/../mcp',
    'ftp://127.0.0.1:8787/mcp',
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
    expect(statusOf(guard({ url }))).toBe(400);
  });

  test.each([
    ['http://127.0.0.1:8787/mcp', '/mcp'],
    ['HTTP://127.0.0.1:8787/mcp/?a=b', '/mcp?a=b'],
    ['https://127.0.0.1:8787', '/'],
    ['http://127.0.0.1:8787?a', '/?a'],
  ])('the URL %s names the host of the Host header and is read as %s', (url, target) => {
    expect(guard({ url })).toMatchObject({ ok: true, target });
  });

  test('a target that is too long is rejected', () => {
    expect(statusOf(guard({ url: `/${'a'.repeat(5000)}` }))).toBe(414);
  });

  test.each([
    '/',
    '/tools/dns_lookup/execute',
    '/tools/a.b-c~d',
    '/tools/..x',
    '/.well-known/oauth-protected-resource/mcp',
  ])('the path %s is accepted', (url) => {
    expect(guard({ url: `${url}?limit=5&x=%20` })).toMatchObject({ ok: true, target: `${url}?limit=5&x=%20` });
  });

  test.each([
    ['/mcp/', '/mcp'],
    ['/health/live/?x=1', '/health/live?x=1'],
    ['/', '/'],
    ['/?x=1', '/?x=1'],
  ])('%s is the target %s: one slash at the end is ignored', (url, target) => {
    expect(guard({ url })).toMatchObject({ ok: true, target });
  });
});
