import { MemorySource } from '@mcp/config';
import { expect, test } from 'vitest';

import { loadServerConfig } from './test-support/load-server-config.ts';

test('the keys of health checks, which are made once, wait for a restart', async () => {
  const source = new MemorySource('{}');
  await using store = await loadServerConfig('', { source });
  source.set('health: {checkInterval: 5s, cpuThreshold: 1, memoryThreshold: 1, diskThreshold: 1, timeout: 1s}');
  const keys = ['checkInterval', 'cpuThreshold', 'memoryThreshold', 'diskThreshold', 'timeout'];
  expect(await store.reload()).toMatchObject({ changes: [], restartRequired: keys.map((key) => `health.${key}`) });
});
