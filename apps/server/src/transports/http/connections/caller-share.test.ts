import { expect, test } from 'vitest';

import { CallerShare } from './caller-share.ts';
import { FakeResponse } from './test-support/fake-socket.ts';

function setup(maxConnections: number): { enter: (caller: string) => { status: number; response: FakeResponse } } {
  const share = new CallerShare(() => maxConnections);
  return {
    enter(caller) {
      const response = new FakeResponse();
      return { status: share.enter(caller, response.response)?.status ?? 200, response };
    },
  };
}

test('a caller may have three quarters of the connections in progress, and others the rest', () => {
  const { enter } = setup(100);
  const statuses = Array.from({ length: 100 }, () => enter('ann').status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(75);
  expect(statuses.filter((status) => status === 429)).toHaveLength(25);
  expect(enter('bob').status).toBe(200);
});

test('a request counts until its response closes', () => {
  const { enter } = setup(4);
  const requests = Array.from({ length: 3 }, () => enter('ann'));
  expect(enter('ann').status).toBe(429);
  requests[0]!.response.close();
  expect(enter('ann').status).toBe(200);
  expect(enter('ann').status).toBe(429);
});

test('every caller may have one', () => {
  const { enter } = setup(1);
  expect(enter('ann').status).toBe(200);
});
