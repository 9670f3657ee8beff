import { describe, expect, test } from 'vitest';

import type { Rejection } from '../../../foundation/problem-details.ts';
import { type AcceptedRequest } from './guard.ts';
import { guard, HOST, statusOf } from './test-support/guard.ts';

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
    expect(statusOf(guard({ headers: [['origin', origin]] }))).toBe(403);
  });

  test('two Origin headers are rejected', () => {
    const origin: [string, string] = ['origin', 'http://localhost:6274'];
    expect(statusOf(guard({ headers: [origin, origin] }))).toBe(400);
  });

  test('the own origin is allowed everywhere except at the MCP endpoint', () => {
    const headers: [string, string][] = [['origin', `http://${HOST}`]];
    expect(statusOf(guard({ url: '/tools/ping/disable', headers }))).toBe(200);
    expect(statusOf(guard({ url: '/mcp', headers }))).toBe(403);
  });

  test('a page of another name of this server has another origin', () => {
    expect(statusOf(guard({ url: '/tools/ping/disable', headers: [['origin', 'http://localhost:8787']] }))).toBe(403);
  });

  test('the own origin may be https only on a host in allowedHosts', () => {
    const url = '/tools/ping/disable';
    const named: [string, string][] = [
      ['host', 'tools.example.com'],
      ['origin', 'https://tools.example.com'],
    ];
    expect(statusOf(guard({ url, headers: named }))).toBe(200);
    expect(statusOf(guard({ url, headers: [['origin', `https://${HOST}`]] }))).toBe(403);
  });
});

describe('Sec-Fetch-Site', () => {
  test.each(['cross-site', 'CROSS-SITE', '', 'anything'])('%j is rejected', (site) => {
    expect(statusOf(guard({ method: 'GET', url: '/health', headers: [['sec-fetch-site', site]] }))).toBe(403);
  });

  test.each(['same-origin', 'same-site', 'none'])('%s is allowed', (site) => {
    expect(statusOf(guard({ headers: [['sec-fetch-site', site]] }))).toBe(200);
  });

  test('an allowed origin may be cross-site', () => {
    expect(
      statusOf(
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

describe('a navigation from another site', () => {
  const navigation: [string, string][] = [
    ['sec-fetch-site', 'cross-site'],
    ['sec-fetch-mode', 'navigate'],
    ['sec-fetch-dest', 'document'],
  ];
  const without = (name: string, value: string): [string, string][] =>
    navigation.map(([header, old]) => [header, header === name ? value : old]);

  test.each(['/', '/health', '/openapi.json'])('opens %s: the person follows a link', (url) => {
    expect(statusOf(guard({ method: 'GET', url, headers: navigation }))).toBe(200);
    expect(statusOf(guard({ method: 'HEAD', url, headers: navigation }))).toBe(200);
  });

  test('does not reach the MCP endpoint, and changes nothing', () => {
    expect(statusOf(guard({ method: 'GET', url: '/mcp', headers: navigation }))).toBe(403);
    expect(statusOf(guard({ method: 'GET', url: '/mcp/', headers: navigation }))).toBe(403);
    expect(statusOf(guard({ method: 'POST', url: '/config/reload', headers: navigation }))).toBe(403);
  });

  test.each([
    ['sec-fetch-dest', 'iframe'],
    ['sec-fetch-dest', 'embed'],
    ['sec-fetch-mode', 'no-cors'],
    ['sec-fetch-mode', 'cors'],
  ])('must not have %s %s', (name, value) => {
    expect(statusOf(guard({ method: 'GET', url: '/', headers: without(name, value) }))).toBe(403);
  });
});

describe('preflight', () => {
  const preflight = (origin: string): AcceptedRequest | Rejection =>
    guard({
      method: 'OPTIONS',
      headers: [
        ['origin', origin],
        ['access-control-request-method', 'POST'],
        ['access-control-request-headers', 'authorization, content-type,mcp-protocol-version,x-extra'],
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
    expect(statusOf(preflight('http://evil.example'))).toBe(403);
    expect(statusOf(guard({ method: 'OPTIONS', headers: [['access-control-request-method', 'POST']] }))).toBe(405);
  });
});
