import { expect, test } from 'vitest';

import { loadError, loadServerConfig } from '../test-support/load-server-config.ts';

const tool = (args: string): string => `tools: { t: { description: t, command: printf, args: ${args} } }`;

test('an argument may be literal text', async () => {
  const store = await loadServerConfig(tool(`['%s', { literal: '{name}' }]`));
  expect(store.snapshot.values.tools['t']?.args).toEqual(['%s', { literal: '{name}' }]);
});

test.each(['[7]', '[{ literal: 7 }]', '[{ text: a }]', '[{ literal: a, more: b }]', '["a\\u0007"]'])(
  '%s is no argument',
  async (args) => {
    const { problems } = await loadError(tool(args));
    expect(problems.map(({ path }) => path.slice(0, 4).join('.'))).toContain('tools.t.args.0');
  },
);

test('a string parameter may accept Unicode text', async () => {
  const parameters = 'parameters: { p: { type: string, maxLength: 9, characters: text } }';
  const store = await loadServerConfig(
    `tools: { t: { description: t, command: printf, args: ['{p}'], ${parameters} } }`,
  );
  expect(store.snapshot.values.tools['t']?.parameters['p']).toMatchObject({ characters: 'text' });
});

test.each([
  ['$HOME/bin/frob', 'variables inside values are not expanded'],
  ['${HOME}/bin/frob', 'variables inside values are not expanded'],
  ['~/bin/frob', 'write the absolute path'],
  ['./frob', 'write the absolute path'],
  ['df -h', 'write command: df'],
  ['/usr/../bin/df', 'without . and .. as parts'],
])('the command %j is rejected with what to write', async (command, words) => {
  const { message } = await loadError(`tools: { t: { description: t, command: '${command}' } }`);
  expect(message).toContain(words);
});
