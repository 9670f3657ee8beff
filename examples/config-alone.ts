/** @mcp/config by itself: one definition, errors with line and column, a reload that a bad file cannot spoil. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ConfigError, ConfigStore, defineConfig, duration, group, integer, optional, secret } from '@mcp/config';

const definition = defineConfig(
  {
    server: group(
      {
        port: integer({ doc: 'The port to listen on.', min: 1, max: 65_535, default: 8080 }),
        idleTimeout: duration({ doc: 'When to close an idle connection.', min: 1, max: 600, default: '30s' }),
        token: optional(secret({ doc: 'What callers must show.' })),
      },
      { doc: 'The listener.' },
    ),
  },
  { title: 'Shop', envPrefix: 'SHOP' },
);

const folder = mkdtempSync(join(tmpdir(), 'config-alone-'));
const file = join(folder, 'shop.yaml');
const write = (text: string): void => writeFileSync(file, text, { mode: 0o600 });
try {
  write('server:\n  prot: 1\n  idleTimeout: 5 minutes\n');
  await assert.rejects(ConfigStore.load({ definition, file }), (error) => {
    assert(error instanceof ConfigError);
    console.log(error.message.replaceAll(file, 'shop.yaml'));
    return error.problems.length === 2;
  });

  write('server: { port: 9000, idleTimeout: 5m }\n');
  await using store = await ConfigStore.load({ definition, file, env: { SHOP_SERVER_TOKEN: 'only-for-callers' } });
  const { server } = store.snapshot.values;
  assert.deepEqual([server.port, server.idleTimeout], [9000, 300]);
  assert.doesNotMatch(JSON.stringify(store.describe()), /only-for-callers/u);

  write('server: { port: ninety }\n');
  assert.equal((await store.reload()).ok, false);
  assert.equal(store.snapshot.values.server.port, 9000, 'the last good configuration stays');

  write('server: { port: 9001 }\n');
  assert.equal((await store.reload()).ok, true);
  assert.equal(store.snapshot.values.server.port, 9001);
} finally {
  rmSync(folder, { recursive: true });
}
