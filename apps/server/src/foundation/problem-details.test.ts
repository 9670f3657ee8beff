import { expect, test } from 'vitest';
import { problem, problemResponse, reject } from './problem-details.ts';

test('is answered as problem+json that no cache keeps', async () => {
  const response = problemResponse(problem(403, 'host_not_allowed', 'Not this server.'), { connection: 'close' });
  expect(response.status).toBe(403);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  });
  expect(await response.json()).toEqual({
    type: 'urn:mcp-server:problem:host_not_allowed',
    title: 'Forbidden',
    status: 403,
    detail: 'Not this server.',
  });
});

test.each([
  [1, '1'],
  [1000, '1'],
  [1001, '2'],
  [59_999, '60'],
])('sends a wait of %d ms as a Retry-After of %s s, never too short', (retryAfterMs, seconds) => {
  const response = problemResponse(problem(429, 'x', 'y', { retryAfterMs }));
  expect(response.headers.get('retry-after')).toBe(seconds);
});

test('carries status, problem and further headers in a rejection', () => {
  expect(reject(405, 'a', 'b', { suggestion: 'c' }, { allow: 'GET' })).toMatchObject({
    ok: false,
    status: 405,
    problem: { status: 405, suggestion: 'c' },
    headers: { allow: 'GET' },
  });
});
