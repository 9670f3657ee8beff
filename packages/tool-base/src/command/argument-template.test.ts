import { describe, expect, test } from 'vitest';
import { defineCommandTool, testTool, type CommandToolSpec } from '../index.ts';
import { attachedPlaceholders, templateOf } from './argument-template.ts';

const text: NonNullable<CommandToolSpec['parameters']> = { p: { type: 'string', maxLength: 50 } };
const spec: CommandToolSpec = { name: 'say', description: 'Says', command: '/bin/echo', args: [], parameters: text };

/** The arguments that a program gets for a value of p, or the type of the error. */
async function argumentsFor(args: CommandToolSpec['args'], p: string, parameters = text): Promise<unknown> {
  const kit = testTool(defineCommandTool({ ...spec, args, parameters }));
  const { error } = await kit.call({ p });
  return error?.message ?? kit.started[0]?.slice(1);
}

describe('braces of other languages', () => {
  test.each([
    '%{http_code}',
    'HEAD@{upstream}',
    '{{range .Mounts}}{{.Source}}{{end}}',
    '{{name}}',
    'stash@{0}',
    '{.items}',
  ])('%s is fixed text', async (item) => {
    expect(await argumentsFor([item, '{p}'], 'x')).toEqual([item, 'x']);
  });

  test('after % and @ a declared name is a placeholder all the same', async () => {
    expect(await argumentsFor(['%{p}', 'a@{p}'], 'x')).toEqual(['%x', 'a@x']);
  });

  test('a literal item has no placeholders', async () => {
    expect(await argumentsFor([{ literal: '{p}' }, '{p}'], 'x')).toEqual(['{p}', 'x']);
  });

  test('an undeclared name is an error that shows how to write fixed text', () => {
    expect(() => defineCommandTool({ ...spec, args: ['{name}', '{p}'] })).toThrow("{ literal: '{name}' }");
  });

  test('an item that is no text is an error', () => {
    expect(() => defineCommandTool({ ...spec, args: [7 as never, '{p}'] })).toThrow('neither text nor');
  });
});

describe('a leading dash', () => {
  test('is accepted behind fixed text of the same item', async () => {
    expect(await argumentsFor(['--regexp={p}'], '--transport')).toEqual(['--regexp=--transport']);
  });

  test.each([[['{p}']], [['-{p}']], [['--{p}']], [['--regexp={p}', '{p}']], [['{p}x{p}']]])(
    'is refused in %j',
    async (args) => {
      expect(await argumentsFor(args, '--transport')).toMatch(/does not start with "-"; it starts with "-"/);
    },
  );

  test('counts as attached only where every use is', () => {
    const attached = (args: readonly string[]): readonly string[] => [
      ...attachedPlaceholders(templateOf({ ...spec, args })),
    ];
    expect(attached(['--a={p}', 'b{p}'])).toEqual(['p']);
    expect(attached(['--a={p}', '{p}'])).toEqual([]);
  });
});

describe('characters: text', () => {
  const unicode: typeof text = { p: { type: 'string', maxLength: 50, characters: 'text' } };

  test('lets printable Unicode through, alone and within an item', async () => {
    const args = ['{p}', '--q={p}', '{p}!'];
    expect(await argumentsFor(args, 'Größe 東京 می\u200cخواهم', unicode)).toEqual([
      'Größe 東京 می\u200cخواهم',
      '--q=Größe 東京 می\u200cخواهم',
      'Größe 東京 می\u200cخواهم!',
    ]);
  });

  test.each(['-x', 'a\nb', 'a\tb', 'a\u001b[2J', 'a\u202eb', 'a\u200bb', 'a\u0000', '\ud800'])(
    'refuses %j',
    async (p) => {
      expect(await argumentsFor(['{p}'], p, unicode)).toMatch(/^p must be printable text/);
    },
  );

  test('is opt-in', async () => {
    expect(await argumentsFor(['{p}'], 'Größe')).toBe(
      'p must be printable ASCII of 0 to 50 characters that does not start with "-"; it holds the character U+00F6 at position 3.',
    );
  });
});

test('a number that is joined with text is an argument', async () => {
  const kit = testTool(
    defineCommandTool({ ...spec, args: ['{n}s'], parameters: { n: { type: 'integer', min: 1, max: 9 } } }),
  );
  await kit.call({ n: 5 });
  expect(kit.started[0]?.slice(1)).toEqual(['5s']);
});
