import { describe, expect, test } from 'vitest';

import { guardRequest } from './guard.ts';
import { hostAndOriginLists } from './host-and-origin.ts';
import { guard, HOST, statusOf } from './test-support/guard.ts';

const policy = hostAndOriginLists({ host: '127.0.0.1', port: 8787 });

describe('Host', () => {
  test.each([HOST, 'localhost:8787', 'LOCALHOST:8787', 'tools.example.com', 'Tools.Example.Com'])(
    '%s is allowed, whatever its case',
    (host) => {
      expect(statusOf(guard({ headers: [['host', host]] }))).toBe(200);
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
    'LOCALHOST:8787\u212A',
    'a'.repeat(300),
  ])('%j is rejected: only an exact host and port is allowed', (host) => {
    expect(guard({ headers: [['host', host]] })).toMatchObject({ status: 403, problem: { status: 403 } });
  });

  test('a request without Host, which HTTP/1.0 permits, is rejected', () => {
    expect(statusOf(guardRequest({ method: 'GET', url: '/health', rawHeaders: [] }, policy))).toBe(400);
  });

  test('two Host headers are rejected, even when both are allowed', () => {
    expect(
      statusOf(
        guard({
          headers: [
            ['Host', HOST],
            ['host', HOST],
          ],
        }),
      ),
    ).toBe(400);
  });

  test.each(['tools.example.com:443', 'tools.example.com:8787', 'tools.example.com:31000'])(
    '%s is allowed: an allowed host without a port is allowed on every port',
    (host) => {
      expect(statusOf(guard({ headers: [['host', host]] }))).toBe(200);
    },
  );

  test.each(['tools.example.com:', 'tools.example.com:0', 'tools.example.com:1x', 'tools.example.com:999999'])(
    '%s is rejected: the port is not valid',
    (host) => {
      expect(statusOf(guard({ headers: [['host', host]] }))).toBe(403);
    },
  );
});
