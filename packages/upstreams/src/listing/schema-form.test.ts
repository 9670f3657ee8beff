import { describe, expect, test } from 'vitest';

import type { Members } from '../connection/take-apart.ts';
import { readListedTool } from './listed-tool.ts';
import { formProblem, propertiesProblem } from './schema-form.ts';

const withProperty = (schema: unknown): Members => ({ type: 'object', properties: { a: schema } });

describe('a schema that some client cannot compile has a problem', () => {
  test.each<readonly [string, Members]>([
    ['an unknown type', withProperty({ type: 'banana' })],
    ['a type that is a number', withProperty({ type: 5 })],
    ['an empty enum', withProperty({ enum: [] })],
    ['a minimum that is a text', withProperty({ minimum: '1' })],
    ['a negative length', withProperty({ maxLength: -1 })],
    ['a pattern that is no regular expression', withProperty({ pattern: '(' })],
    ['a name pattern that is none', withProperty({ patternProperties: { '[': {} } })],
    ['a reference to nothing', withProperty({ $ref: '#/$defs/none' })],
    ['a reference that is no URI', withProperty({ $ref: '#/%zz' })],
    ['an anchor', withProperty({ $ref: '#here' })],
    ['an id', { ...withProperty({}), $id: 'https://example.com/other' }],
    ['an id within', withProperty({ $id: 'https://example.com/other' })],
    ['an id of an old draft', withProperty({ id: 'x' })],
    ['an unknown dialect', { type: 'object', $schema: 'https://example.com/schema' }],
    ['dependencies that are a number', { type: 'object', dependencies: 5 }],
    ['dependent names that are a text', { type: 'object', dependentRequired: { a: 'b' } }],
    ['nullable that is a text', withProperty({ nullable: 'yes' })],
    ['an anchor of its own', withProperty({ $anchor: 'here' })],
    ['properties that are a list', { type: 'object', properties: [] }],
    ['a property that is true', withProperty(true)],
    ['required that is a text', { type: 'object', required: 'a' }],
    ['required within that is true', withProperty({ type: 'string', required: true })],
    ['no alternatives', withProperty({ anyOf: [] })],
    ['alternatives that are texts', withProperty({ anyOf: ['string'] })],
    ['items that are a text', withProperty({ items: 'string' })],
  ])('%s', (_, schema) => {
    expect(formProblem(schema)).toMatch(/\S/u);
  });
});

test('a schema of every draft that clients compile has none', () => {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {
      a: { type: ['string', 'null'], enum: ['x', null], pattern: '^x', default: { type: 'banana' }, title: 5 },
      b: { $ref: '#/$defs/a~1b' },
      c: { type: 'array', items: [{ const: { minimum: '1' } }, true], additionalItems: false },
      d: { anyOf: [{ type: 'integer', minimum: 1, exclusiveMaximum: 9, multipleOf: 0.5 }, { $ref: '#' }] },
      e: { if: { required: ['x'] }, else: false, dependencies: { x: ['y'] }, 'x-own': 'banana' },
    },
    required: ['a'],
    $defs: { 'a/b': { patternProperties: { '^x': { minLength: 0 } }, uniqueItems: true, format: 'date' } },
    additionalProperties: false,
  };
  expect(formProblem(schema)).toBeUndefined();
});

test.each([
  ['a list of properties', { properties: [] }],
  ['a property that is true', { properties: { a: true } }],
  ['a $schema that is a number', { $schema: 5 }],
  ['a required text', { required: 'a' }],
  ['required numbers', { required: [5] }],
])('a tool whose input schema has %s is withheld', (_, members) => {
  const inputSchema = { type: 'object', ...members };
  expect(propertiesProblem(inputSchema)).toMatch(/\S/u);
  expect(readListedTool({ name: 'go', inputSchema })).toMatchObject({
    name: 'go',
    reason: expect.stringMatching(/\S/u),
  });
});

test.each([
  ['no input schema', undefined, { type: 'object' }],
  ['null for its input schema', null, { type: 'object' }],
  ['an empty one', {}, { type: 'object' }],
  ['null for properties and required', { type: 'object', properties: null, required: null }, { type: 'object' }],
  ['no type', { properties: { a: {} } }, { type: 'object', properties: { a: {} } }],
  ['a type that may be null', { type: ['object', 'null'], required: ['a'] }, { type: 'object', required: ['a'] }],
])('a tool with %s is offered, with a note', (_, inputSchema, completed) => {
  expect(readListedTool({ name: 'go', inputSchema, outputSchema: null })).toMatchObject({
    inputSchema: completed,
    outputSchema: undefined,
    notes: [expect.stringMatching(/\S/u)],
  });
});

test('a complete input schema is left as it is', () => {
  const inputSchema = { type: 'object', properties: { a: { default: null } }, default: null };
  expect(readListedTool({ name: 'go', inputSchema })).toMatchObject({ inputSchema, notes: [] });
});

test.each([{ type: 'array' }, { type: ['object', 'string'] }, [], 'object'])(
  'a tool whose input schema is %j is withheld',
  (inputSchema) => {
    expect(readListedTool({ name: 'go', inputSchema })).toMatchObject({ reason: expect.stringMatching(/object/u) });
  },
);

test('a tool whose output schema cannot be compiled is offered without it, with a note', () => {
  const read = readListedTool({
    name: 'go',
    inputSchema: withProperty({ type: 'banana' }),
    outputSchema: withProperty({ type: 'banana' }),
  });
  expect(read).toMatchObject({
    outputSchema: undefined,
    notes: ['Its output schema is left out, because it has the keyword type with a value that it cannot have.'],
  });
});
