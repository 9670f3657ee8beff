import { expect, test } from 'vitest';

import { commandToolSpec } from '../settings/command-tool-spec.ts';
import { loadError, loadServerConfig } from '../test-support/load-server-config.ts';
import { programsOf } from '../shape/tool-declaration.ts';

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

test('stdin is text of one or more lines, or a parameter', async () => {
  const lines = 'tools:\n  t:\n    description: A\n    command: cat\n    stdin: |\n      a\n      \tb\n';
  await using fixed = await loadServerConfig(lines);
  expect(fixed.snapshot.values.tools['t']?.stdin).toBe('a\n\tb\n');
  await using parameter = await loadServerConfig(
    tool('stdin: { parameter: d }, parameters: { d: { type: string, maxLength: 200000, characters: lines } }'),
  );
  expect(parameter.snapshot.values.tools['t']?.stdin).toEqual({ parameter: 'd' });
});

test.each([
  ['args: ["{s}"], parameters: { s: { type: string, maxLength: 9, pattern: "a(?=b)" } }', 'without lookaround'],
  ['args: ["{s}"], parameters: { s: { type: string, maxLength: 20000 } }', '(20000) is above 10240'],
  [
    'args: ["{s}"], parameters: { s: { type: string, maxLength: 10000, pattern: "([a-z]{0,100}[a-m]){0,9}" } }',
    'repeats too much for texts of this length',
  ],
  ['args: ["{s}"], parameters: { s: { type: string, maxLength: 9, pattern: "a+", default: b } }', 'does not match'],
  ['args: ["{p}"], parameters: { p: { type: path, within: / } }', 'holds far more than one program may see'],
  ['args: ["{p}"], parameters: { p: { type: path, within: /no/such } }', 'does not exist'],
  ['args: ["{p}"], parameters: { p: { type: path, within: /etc/passwd } }', 'is not a folder'],
  ['stdin: { parameters: d }', "did you mean 'parameter'?"],
  ['stdin: { parameter: d, x: 1 }', 'tools.t.stdin'],
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

test.each(['${TOKEN}', 'Bearer ${TOKEN}', '$TOKEN', '%TOKEN%', '${TOKEN:-x}'])(
  'a variable is not expanded in the value %s, which is a problem that names the ways to hand one on',
  async (value) => {
    const program = await loadError(tool(`env: { A: "${value}" }`));
    const upstream = await loadError(`upstreams: { u: { command: [npx, x], env: { A: "${value}" } } }`);
    for (const { problems } of [program, upstream]) {
      expect(problems).toMatchObject([
        {
          message: expect.stringContaining('was not expanded'),
          suggestion: expect.stringContaining('passEnv or secrets'),
        },
      ]);
    }
  },
);

test.each(['{{.Names}}', '"quoted"', 'a $1 b', '100%', '$', '${}'])('the value %s is taken as it is', async (value) => {
  await using store = await loadServerConfig(tool(`env: { A: '${value}' }`));
  expect(store.snapshot.values.tools['t']).toMatchObject({ env: { A: value } });
});
