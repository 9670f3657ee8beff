import { expect, test } from 'vitest';

import { COMMANDS, isHelpTopic } from './help-topic.ts';
import { helpText } from './usage.ts';

test('the overview lists every command, those with a help text of their own first', () => {
  const [, list = ''] = /^Commands;.*\n(?<list>(?:  .*\n)+)/mu.exec(helpText(undefined)) ?? [];
  const listed = list.split('\n').flatMap((line) => /^  (?<command>\w+)/u.exec(line)?.[1] ?? []);
  expect(listed).toEqual(COMMANDS);
  expect(COMMANDS.filter(isHelpTopic)).toEqual(COMMANDS.slice(0, 5));
});

test.each(COMMANDS.filter(isHelpTopic))('the help of %s begins with its usage', (topic) => {
  expect(helpText(topic)).toMatch(new RegExp(`^Usage: mcp-server ${topic}`, 'u'));
});
