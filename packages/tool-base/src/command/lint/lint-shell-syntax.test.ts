import { expect, test } from 'vitest';

import type { ArgumentItem } from '../argument-item.ts';
import { lintCommandTool } from './lint-command-tool.ts';

const lint = (args: readonly ArgumentItem[], more = {}): readonly string[] =>
  lintCommandTool({ name: 't', description: 'T', command: 'printf', args, ...more }).map(({ message }) => message);

test.each(['|', '&&', '>', '2>&1'])('the operator %s is a finding', (item) => {
  expect(lint(['x', item, 'wc'])).toEqual([`"${item}" is passed to the program as an argument: there is no shell.`]);
});

test.each(['$HOME/x', '$USER', '--user=${USER}x', '$(hostname)', '~/x', '~'])('%s is not expanded', (item) => {
  expect(lint([item]).join('\n')).toContain(`${JSON.stringify(item)} is not expanded: there is no shell.`);
});

test.each(['/var/log/*.log', './a?', '../*'])('%s does not become the names of files', (item) => {
  expect(lint([item])).toEqual([`"${item}" is not replaced by the names of files: there is no shell.`]);
});

test.each<ArgumentItem>([
  '.items[] | .name',
  '^a|b$',
  '*.log',
  '$1',
  '100%',
  'a~b',
  ';',
  '{ print $NF }',
  { literal: '$HOME' },
  { literal: '|' },
])('%j is text that programs take', (item) => {
  expect(lint([item])).toEqual([]);
});

test('a script of an interpreter is its own matter', () => {
  expect(lint(['-c', '$HOME'], { command: 'sh', allowInterpreter: true })).toEqual([
    'The program may run other programs.',
  ]);
});
