import { expect, test } from 'vitest';
import { defineCommandTool, directLauncher, lintCommandTool, Tool, callTool, type CommandToolSpec } from '../index.ts';

const cat: CommandToolSpec = {
  name: 'cat',
  description: 'Prints what it is given',
  command: 'cat',
  args: [],
  stdin: { parameter: 'document' },
  parameters: { document: { type: 'string', maxLength: 1000, characters: 'lines' } },
};

async function printed(spec: CommandToolSpec, values: Record<string, unknown>): Promise<string | undefined> {
  await using launcher = directLauncher();
  const tool = new Tool(defineCommandTool(spec), { launcher });
  const { error, structured } = await callTool(tool, { arguments: values, caller: { name: 'test' } });
  return error === undefined ? (structured['stdout'] as string) : error.message;
}

test('a program reads the value of a parameter from stdin, with its lines, tabs and first dash', async () => {
  const document = '- a:\t1\n- b: ü\n';
  expect(await printed(cat, { document })).toBe(document);
});

test('without a value it reads nothing', async () => {
  const parameters = { document: { type: 'string', maxLength: 10, optional: true } } as const;
  expect(await printed({ ...cat, parameters }, {})).toBe('');
});

test('the rules of its characters hold, and are published', async () => {
  const rule = 'document must be printable text, also in several lines, of 0 to 1000 characters';
  expect(await printed(cat, { document: 'a\u0007' })).toBe(`${rule}; it holds the character U+0007 at position 2.`);
  const schema = defineCommandTool(cat).inputJsonSchema as { properties: { document: { pattern: string } } };
  const pattern = new RegExp(schema.properties.document.pattern, 'u');
  expect([pattern.test('- a\n\tb\r\n'), pattern.test('a\u0007')]).toEqual([true, false]);
});

const messages = (spec: CommandToolSpec): string[] =>
  lintCommandTool(spec).flatMap(({ severity, message }) => (severity === 'error' ? [message] : []));

test.each<[Partial<CommandToolSpec>, string]>([
  [{ stdin: { parameter: 'other' } }, 'It is never used.'],
  [{ stdin: { parameter: 'other' } }, 'There is no string parameter other.'],
  [{ parameters: { document: { type: 'ports' } } }, 'There is no string parameter document.'],
  [
    { parameters: { document: { type: 'string', maxLength: 9, flag: '-f' } } },
    'Its flag has no effect, as it is read from stdin.',
  ],
  [{ args: ['{document}'] }, 'A text of several lines cannot be an argument.'],
  [{ parameters: { document: { type: 'string', maxLength: 300_000, characters: 'lines' } } }, 'The text has no bound.'],
])('%j is an error', (more, message) => {
  expect(messages({ ...cat, ...more })).toContain(message);
});

test('a parameter may be read from stdin and stand in the arguments, and then may not start with a dash', async () => {
  const both: CommandToolSpec = {
    ...cat,
    args: ['-', '{document}'],
    parameters: { document: { type: 'string', maxLength: 100 } },
  };
  expect(messages(both)).toEqual([]);
  expect(await printed(both, { document: '-n' })).toContain('it starts with "-"');
});
