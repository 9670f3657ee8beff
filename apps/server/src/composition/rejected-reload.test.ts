import { MemorySource } from '@mcp/config';
import { expect, test } from 'vitest';

import { loadServerConfig } from '../configuration/test-support/load-server-config.ts';
import { ManualClock } from '../foundation/test-support/manual-clock.ts';
import { RejectedReloads } from './rejected-reload.ts';

test('the last rejected reload stays until a reload succeeds, also one without a change', async () => {
  const source = new MemorySource('server: { port: 8080 }');
  await using store = await loadServerConfig('', { source });
  const clock = new ManualClock();
  using reloads = new RejectedReloads(store, clock);
  expect(reloads.last).toBeNull();
  source.set('server: { port: none }');
  await store.reload();
  expect(reloads.last).toMatchObject({ at: clock.epochMs(), problems: [{ path: ['server', 'port'] }] });
  source.set('server: { port: 8080 }');
  await store.reload();
  expect(reloads.last).toBeNull();
});
