import { expect, test } from 'vitest';

import { loadServerConfig } from '../../configuration/test-support/load-server-config.ts';
import type { Finding } from './finding.ts';
import { checkApprovers, checkToolScopes } from './scope-checks.ts';

async function findings(toolScope: string, keyScope: string): Promise<Finding[]> {
  await using store = await loadServerConfig(
    `{ tools: { t: { description: A, command: df${toolScope} } }, security: { apiKeys: [{ name: ci, key: ci-key-0123456789abc, scopes: [tools:call${keyScope}] }] } }`,
  );
  return checkToolScopes(store.snapshot.values);
}

test('a key with the scope of a tool is as it should be', async () => {
  expect(await findings(', scope: deploy', ', tools:scope:deploy')).toEqual([
    { level: 'ok', check: 'tool scopes', message: 'callers need tools:scope:deploy for some tools' },
  ]);
});

test('a key with a scope that no tool asks for is a warning', async () => {
  expect(await findings(', scope: deploy', ', tools:scope:depoly')).toMatchObject([
    { level: 'warning', message: 'The key ci has tools:scope:depoly, which no tool asks for.' },
  ]);
});

test('without such scopes nothing is reported', async () => {
  expect(await findings('', '')).toEqual([]);
});

test('a tool that an operator must approve needs somebody who may', async () => {
  const file = (scope: string): string =>
    `{ server: { transport: http }, tools: { t: { description: A, command: df, confirm: operator } }, security: { apiKeys: [{ name: ops, key: ops-key-0123456789abc, scopes: [${scope}] }] } }`;
  await using without = await loadServerConfig(file('tools:call'));
  expect(checkApprovers(without.snapshot.values)).toMatchObject([{ level: 'warning' }]);
  await using withOne = await loadServerConfig(file('approvals'));
  expect(checkApprovers(withOne.snapshot.values)).toMatchObject([
    { level: 'ok', message: 'ops may approve calls of t' },
  ]);
});
