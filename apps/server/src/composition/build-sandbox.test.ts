import { directLauncher } from '@mcp/tool-base';
import { expect, test } from 'vitest';

import { loadServerConfig } from '../configuration/test-support/load-server-config.ts';
import { loggerTo } from '../observability/log/logger.ts';
import { buildSandbox } from './build-sandbox.ts';

test('a log line about a sandbox has the level of the line and that of the sandbox', async () => {
  const lines: string[] = [];
  const logger = loggerTo({ level: 'debug', format: 'json' }, { write: (line: string) => void lines.push(line) });
  await using store = await loadServerConfig('{}');
  await using launcher = buildSandbox(store.snapshot.values, directLauncher(), logger).launcher;
  await launcher.prepare([{ mode: 'auto', read: [], write: [], network: 'none', syscalls: 'standard' }]);
  const ready = lines.filter((line) => line.includes('sandbox.ready'));
  expect(ready).toHaveLength(1);
  expect(ready[0]?.match(/"level":/g)).toHaveLength(1);
  expect(JSON.parse(ready[0]!)).toMatchObject({
    level: 'info',
    sandbox: expect.any(String) as string,
    network: 'none',
  });
});
