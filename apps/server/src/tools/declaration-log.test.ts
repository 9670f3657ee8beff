import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ConfigStore } from '@mcp/config';
import { expect, test, onTestFinished, vi } from 'vitest';

import { serverConfigDefinition } from '../configuration/server-definition.ts';
import { logDeclarationFindings } from './declaration-log.ts';

async function logged(tools: string): Promise<unknown[][]> {
  const folder = await mkdtemp(join(tmpdir(), 'declaration-log-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'config.yaml');
  await writeFile(file, `tools: ${tools}`, { mode: 0o600 });
  await using store = await ConfigStore.load({ definition: serverConfigDefinition, file });
  const warn = vi.fn();
  logDeclarationFindings(store.snapshot.values, { warn });
  return warn.mock.calls;
}

test('tells for each finding where it is and what to do', async () => {
  expect(
    await logged(
      "{ fetch: { description: Fetch, command: wget, target: host, args: ['{extraArgs}', '--', '{target}'], flags: { '-O': { type: text, maxLength: 40 } } } }",
    ),
  ).toEqual([
    [
      {
        key: 'tools.fetch.flags.-O',
        finding: expect.stringContaining('-O'),
        suggestion: expect.stringContaining('Remove it'),
      },
      'tool.declaration',
    ],
  ]);
});

test('tells a finding of several tools once', async () => {
  const tool = "{ description: Looks up a host, command: getent, target: host, args: [hosts, '{target}'] }";
  expect(await logged(`{ one: ${tool}, two: ${tool}, three: ${tool} }`)).toEqual([
    [expect.objectContaining({ key: 'tools.one.args', others: 2 }), 'tool.declaration'],
  ]);
});
