import { expect, test } from 'vitest';

import { ManualClock } from '../foundation/test-support/manual-clock.ts';
import { buildUpstreams } from './build-upstreams.ts';

const values = (transport: string): never =>
  ({ server: { transport }, upstreams: { up: { url: 'http://127.0.0.1:9/mcp' } } }) as never;

test('over stdio the client has its first answers before the code of upstreams is loaded, which takes long', async () => {
  const clock = new ManualClock();
  // Nothing of them is looked at before the code is loaded.
  const upstreams = buildUpstreams({ calls: {}, mcp: {}, observability: {}, clock } as never);
  upstreams.apply(values('stdio'));
  upstreams.apply(values('stdio'));
  expect(clock.pendingTimers).toBe(1);
  await upstreams[Symbol.asyncDispose]();
  expect(clock.pendingTimers).toBe(0);
});

test('a server over HTTP that ends at once loads nothing of them either', async () => {
  const clock = new ManualClock();
  const upstreams = buildUpstreams({ calls: {}, mcp: {}, observability: {}, clock } as never);
  upstreams.apply(values('http'));
  expect(clock.pendingTimers).toBe(0);
  await upstreams[Symbol.asyncDispose]();
  expect(upstreams.reports()).toEqual([]);
});
