import { expect, test } from 'vitest';

import { commandToolSpec } from './command-tool-spec.ts';
import { loadError, loadServerConfig } from './test-support/load-server-config.ts';
import { programsOf } from './tool-declaration.ts';

const tool = (more: string): string => `tools: { t: { description: A, command: df, ${more} } }`;

test('what a program is given is declared in YAML', async () => {
  await using store = await loadServerConfig(
    tool(
      'env: { A: "1" }, passEnv: [B], secrets: { C: { file: /run/c, as: file }, D: { variable: X } }, cwd: /srv, stdin: hello',
    ),
  );
  const { values } = store.snapshot;
  expect(commandToolSpec('t', programsOf(values.tools)[0]![1], values)).toMatchObject({
    env: { A: '1' },
    passEnv: ['B'],
    secrets: { C: { file: '/run/c', as: 'file' }, D: { variable: 'X', as: 'environment' } },
    cwd: '/srv',
    stdin: 'hello',
  });
});

test.each([
  ['env: { A-B: x }', 'tools.t.env'],
  ['env: { TMPDIR: x }', 'TMPDIR'],
  ['secrets: { A: {} }', 'must have exactly one of file and variable'],
  ['secrets: { A: { file: /a, variable: B } }', 'must have exactly one of file and variable'],
  ['secrets: { A: { variable: B, as: argument } }', "'environment' or 'file'"],
  ['passEnv: [A, A]', 'passEnv'],
])('%s is refused with its place', async (more, why) => {
  const { message } = await loadError(tool(more));
  expect(message).toContain(why);
  expect(message).toMatch(/:1:\d+: .*tools\.t\b/);
});
