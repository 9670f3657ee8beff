import { expect, test } from 'vitest';
import * as z from 'zod';

import { defineCommandTool } from '../command/command-tool.ts';
import { defineTool } from '../declare/define-tool.ts';
import type { JsonSchema } from '../declare/json-schema.ts';
import { directLauncher } from '../launcher/direct-launcher.ts';
import { withRulesInWords } from './rules-in-words.ts';
import { Tool } from './tool.ts';

const describe = (property: JsonSchema): unknown =>
  (withRulesInWords({ type: 'object', properties: { a: property } })['properties'] as { a: JsonSchema }).a[
    'description'
  ];

test.each<[JsonSchema, string]>([
  [{ type: 'integer', minimum: 1, maximum: 65_535, description: 'The port' }, 'The port. 1 to 65535.'],
  [{ type: 'integer', minimum: 1, description: 'How often.' }, 'How often. At least 1.'],
  [{ type: 'number', exclusiveMinimum: 0, maximum: 1.5 }, 'More than 0, at most 1.5.'],
  [{ type: 'integer', maximum: -1, multipleOf: 2 }, 'At most -1; a multiple of 2.'],
  [{ type: 'string', minLength: 1, maxLength: 1 }, '1 character.'],
  [{ type: 'string', minLength: 2, maxLength: 9 }, '2 to 9 characters.'],
  [{ type: 'string', minLength: 0, maxLength: 9, pattern: '^[a-z]+$' }, 'At most 9 characters; matches ^[a-z]+$.'],
  [
    { type: 'string', pattern: '^[a-z-]+$', allOf: [{ pattern: '^([ -,.-~][ -~]*)?$' }] },
    'Matches ^[a-z-]+$; printable ASCII, not starting with "-".',
  ],
  [{ type: 'string', minLength: 3 }, 'At least 3 characters.'],
  [{ type: 'array', minItems: 1, maxItems: 64 }, '1 to 64 items.'],
])('%j', (property, description) => {
  expect(describe(property)).toBe(description);
});

test.each<[string, JsonSchema]>([
  ['has no rules', { type: 'string', description: 'A word' }],
  [
    'has its numbers in the description already',
    { type: 'integer', minimum: 1, maximum: 10, description: '1-10 tries' },
  ],
  ['has only the bounds of every integer', { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, description: 'N' }],
  ['has a limit that nobody exceeds by mistake', { type: 'string', maxLength: 10_000, description: 'A text' }],
  ['has a pattern too long to read', { type: 'string', pattern: 'a'.repeat(200), description: 'A text' }],
])('an argument that %s keeps its description', (_, property) => {
  expect(describe(property)).toBe(property['description']);
});

test('keeps a schema without properties, and a property that is no object', () => {
  expect(withRulesInWords({ type: 'object' })).toEqual({ type: 'object' });
  expect(withRulesInWords({ type: 'object', properties: { a: true } })).toEqual({
    type: 'object',
    properties: { a: true },
  });
});

test('the published schema of a function has them, beside the keywords', () => {
  const input = z.object({ port: z.number().int().min(1).max(65_535), name: z.string().max(9).optional() });
  const tool = new Tool(defineTool({ name: 't', description: 'A tool', input, run: () => '' }));
  expect(tool.inputJsonSchema['properties']).toMatchObject({
    port: { minimum: 1, maximum: 65_535, description: '1 to 65535.' },
    name: { maxLength: 9, description: 'At most 9 characters.' },
  });
});

test('the published schema of a program has words for the patterns of its parameters', async () => {
  await using launcher = directLauncher();
  const definition = defineCommandTool({
    name: 'p',
    description: 'A program',
    command: 'printf',
    args: ['{word}', '--text={text}', '{ports}'],
    parameters: {
      word: { type: 'string', maxLength: 9, description: 'The word' },
      text: { type: 'string', maxLength: 9, characters: 'text' },
      ports: { type: 'ports' },
    },
  });
  expect(new Tool(definition, { launcher }).inputJsonSchema['properties']).toMatchObject({
    word: { description: 'The word. At most 9 characters; printable ASCII, not starting with "-".' },
    text: { description: 'At most 9 characters; printable text in one line.' },
    ports: { description: 'ports or port ranges such as 22,80,8000-8010' },
  });
});
