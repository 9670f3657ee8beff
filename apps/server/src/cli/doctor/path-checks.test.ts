import { expect, test } from 'vitest';

import { loadServerConfig } from '../../configuration/test-support/load-server-config.ts';
import type { Finding } from './finding.ts';
import { checkPathFolders } from './path-checks.ts';

const FILE =
  'tools: { t: { description: A, command: cat, args: ["{f}"], parameters: { f: { type: path, within: /usr } } } }';

async function finding(facts: { mode: number; uid: number }): Promise<Finding | undefined> {
  await using store = await loadServerConfig(FILE);
  const machine = { uid: 1000, stat: () => ({ ...facts, folder: true }) };
  return checkPathFolders(machine, store.snapshot.values)[0];
}

test.each([
  { mode: 0o755, uid: 0 },
  { mode: 0o700, uid: 1000 },
])('a folder that others cannot write is as it should be: %j', async (facts) => {
  expect(await finding(facts)).toMatchObject({ level: 'ok' });
});

test.each([
  { mode: 0o775, uid: 0 },
  { mode: 0o1777, uid: 0 },
  { mode: 0o755, uid: 1001 },
])('a folder that others can write is a warning: %j', async (facts) => {
  expect(await finding(facts)).toMatchObject({
    level: 'warning',
    message: expect.stringMatching(/^tools\.t\.parameters\.f: other users can write in \/usr/) as string,
  });
});

test('without a path parameter nothing is reported', async () => {
  await using store = await loadServerConfig('{}');
  expect(checkPathFolders({ uid: 0, stat: () => undefined }, store.snapshot.values)).toEqual([]);
});
