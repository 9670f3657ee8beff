import { describe, expect, test } from 'vitest';

import { guard, HOST, statusOf } from './test-support/guard.ts';

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
      statusOf(
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

  test('a websocket is rejected', () => {
    for (const protocols of ['websocket', 'WebSocket', 'h2c, websocket']) {
      const headers: [string, string][] = [
        ['Connection', 'Upgrade'],
        ['Upgrade', protocols],
      ];
      expect(statusOf(guard({ headers }))).toBe(400);
    }
  });

  test('an Upgrade to another protocol is ignored, as RFC 9110 section 7.8 allows', () => {
    const h2c: [string, string][] = [
      ['Connection', 'Upgrade, HTTP2-Settings'],
      ['Upgrade', 'h2c'],
      ['HTTP2-Settings', 'AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA'],
    ];
    expect(statusOf(guard({ headers: h2c }))).toBe(200);
    expect(statusOf(guard({ headers: [...h2c, ['Upgrade', 'TLS/1.0']] }))).toBe(200);
  });

  test('more than 100 headers are rejected', () => {
    const many = Array.from({ length: 100 }, (_, i): [string, string] => [`x-${i}`, '1']);
    expect(statusOf(guard({ headers: many }))).toBe(431);
    expect(statusOf(guard({ headers: many.slice(1) }))).toBe(200);
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
    expect(guard({ headers: forwarded })).toMatchObject({ ok: true, method: 'POST', target: '/mcp' });
    expect(statusOf(guard({ headers: [['Host', 'evil.example'], ...forwarded] }))).toBe(403);
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
