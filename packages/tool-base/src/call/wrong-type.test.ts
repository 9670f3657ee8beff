import { expect, test } from 'vitest';
import * as v from 'valibot';
import { toStandardJsonSchema } from '@valibot/to-json-schema';

import { defineTool } from '../declare/define-tool.ts';
import { fromJsonSchema } from '../declare/from-json-schema.ts';
import { Tool } from '../tool/tool.ts';
import { callTool } from './call-tool.ts';
import { meantBy, wrongType } from './wrong-type.ts';

const schema = {
  type: 'object',
  properties: {
    list: { type: 'array', items: { type: 'string' } },
    numbers: { type: ['array', 'null'], items: { type: 'integer' } },
    object: { type: 'object', properties: { a: { $ref: '#/$defs/count' } } },
    count: { $ref: '#/$defs/count' },
    flag: { type: 'boolean' },
    level: { enum: [1, 2] },
    either: { anyOf: [{ type: 'number' }, { type: 'boolean' }] },
    text: { type: 'string', pattern: '^a' },
    anything: {},
  },
  $defs: { count: { type: 'integer' } },
};

const cases: readonly (readonly [unknown, PropertyKey[], string | undefined])[] = [
  [{ list: '["a"]' }, ['list'], 'must be a list, not text: send ["a"] without the quotes'],
  [{ list: 'a' }, ['list'], 'must be a list, not text: send ["a"]'],
  [{ list: "['a']" }, ['list'], 'must be a list, not text: send a JSON list'],
  [{ list: '{"a":1}' }, ['list'], 'must be a list, not text'],
  [{ list: [7] }, ['list', 0], 'must be text, not a number: send "7" with the quotes'],
  [{ list: { a: 1 } }, ['list'], 'must be a list, not an object'],
  [{ numbers: '[1,2]' }, ['numbers'], 'must be a list, not text: send [1,2] without the quotes'],
  [{ numbers: ['1'] }, ['numbers', '0'], 'must be a whole number, not text: send 1 without the quotes'],
  [{ object: '{"a":1}' }, ['object'], 'must be an object, not text: send {"a":1} without the quotes'],
  [{ object: { a: '1' } }, ['object', 'a'], 'must be a whole number, not text: send 1 without the quotes'],
  [
    { object: JSON.stringify({ a: 'x'.repeat(90) }) },
    ['object'],
    'must be an object, not text: send it without the quotes',
  ],
  [{ count: 'many' }, ['count'], 'must be a whole number, not text'],
  [{ count: 1.5 }, ['count'], undefined],
  [{ flag: 'True' }, ['flag'], 'must be true or false, not text: send true without the quotes'],
  [{ level: '2' }, ['level'], 'must be a number, not text: send 2 without the quotes'],
  [{ either: '2' }, ['either'], 'must be a number or true or false, not text: send 2 without the quotes'],
  [{ text: 'b' }, ['text'], undefined],
  [{ text: false }, ['text'], 'must be text, not true or false: send "false" with the quotes'],
  [{ text: ['a'] }, ['text'], 'must be text, not a list'],
  [{ anything: 'b' }, ['anything'], undefined],
  [{}, ['count'], undefined],
  [{ other: '1' }, ['other'], undefined],
  [{ a: 1 }, [], undefined],
];

test.each(cases)('%j at %j', (given, path, problem) => {
  expect(wrongType(given, path, schema)).toBe(problem);
});

test('references and alternatives that refer to themselves end', () => {
  const endless = { properties: { a: { $ref: '#/properties/a' } } };
  expect(wrongType({ a: 1 }, ['a'], endless)).toBeUndefined();
});

test('what a text would be without its quotes', () => {
  expect(['1', ' [1] ', 'False', 'nan', ''].map(meantBy)).toEqual([1, [1], false, undefined, undefined]);
});

const inputs = {
  'JSON Schema': fromJsonSchema({ ...schema, additionalProperties: false }),
  valibot: toStandardJsonSchema(v.object({ list: v.array(v.string()) })),
};

test.each(Object.entries(inputs))('a tool with an input of %s says it', async (_, input) => {
  const tool = new Tool(defineTool({ name: 't', description: 'Takes a list', input, run: () => 'ran' }), {});
  const { error } = await callTool(tool, { arguments: { list: '["a"]' }, caller: { name: 'test' } });
  expect(error?.message).toBe('list: must be a list, not text: send ["a"] without the quotes.');
  const whole = await callTool(tool, { arguments: '{"list":["a"]}', caller: { name: 'test' } });
  expect(whole.error?.message).toBe(
    'The arguments must be a JSON object, not text: send the object without the quotes.',
  );
});
