import { describe, expect, test } from 'vitest';
import * as z from 'zod';

import { defineTool } from '../declare/define-tool.ts';
import type { JsonSchema } from '../declare/json-schema.ts';
import type { ToolAnnotations } from '../declare/tool-definition.ts';
import { toListedTool, type ListedTool } from './listed-tool.ts';
import { Tool } from './tool.ts';

const listed = (spec: object): ListedTool =>
  toListedTool(
    new Tool(defineTool({ name: 't', description: 'A tool', input: { type: 'object' }, run: () => '', ...spec })),
  );

function argument(property: JsonSchema): unknown {
  const input = { type: 'object', properties: { a: property }, additionalProperties: false };
  return (listed({ input }).inputSchema['properties'] as { a: JsonSchema }).a;
}

describe('bounds and patterns are said once, in words', () => {
  test.each<[JsonSchema, JsonSchema]>([
    [
      { type: 'integer', minimum: 1, maximum: 9, default: 4, description: 'How many' },
      { type: 'integer', default: 4, description: 'How many. 1 to 9.' },
    ],
    [
      { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
      { type: 'number', description: 'More than 0, less than 1.' },
    ],
    [
      { type: 'string', minLength: 1, maxLength: 9, pattern: '^[a-z]+$' },
      { type: 'string', pattern: '^[a-z]+$', description: '1 to 9 characters; matches ^[a-z]+$.' },
    ],
    [
      { type: 'string', pattern: '^[a-z]$', allOf: [{ pattern: '^([ -,.-~][ -~]*)?$' }] },
      {
        type: 'string',
        pattern: '^[a-z]$',
        description: 'Matches ^[a-z]$; printable ASCII, not starting with "-".',
      },
    ],
    [
      { type: 'string', pattern: '^[0-9]$', description: 'A digit, 0 or 9' },
      { type: 'string', pattern: '^[0-9]$', description: 'A digit, 0 or 9. Matches ^[0-9]$.' },
    ],
    [
      { type: 'array', items: { type: 'string', maxLength: 2048 }, maxItems: 64 },
      { type: 'array', items: { type: 'string' }, description: 'At most 64 items.' },
    ],
  ])('%j', (given, expected) => {
    expect(argument(given)).toEqual(expected);
  });

  test('the bounds that a schema library gives every integer are left out', () => {
    const { inputSchema } = listed({ input: z.object({ n: z.int() }) });
    expect(inputSchema['properties']).toEqual({ n: { type: 'integer' } });
  });
});

test('what no description says stays in the schema', () => {
  const property = {
    type: 'array',
    uniqueItems: true,
    items: { type: 'integer', minimum: 1 },
    description: 'Numbers',
  };
  expect(argument(property)).toEqual(property);
  const nested = { type: 'object', properties: { b: { type: 'integer', minimum: 1 } }, required: ['b'] };
  expect(argument(nested)).toEqual(nested);
  const composed = { type: 'string', allOf: [{ minLength: 2 }], description: 'A text' };
  expect(argument(composed)).toEqual(composed);
});

test('an object says whether it takes more than its properties', () => {
  const properties = { a: { type: 'string' } };
  const closed = { type: 'object', properties, required: [], additionalProperties: false };
  expect(listed({ input: closed }).inputSchema).toEqual({ type: 'object', properties, additionalProperties: false });
  expect(listed({}).inputSchema).toEqual({ type: 'object', properties: {}, additionalProperties: false });
  const open = { type: 'object', properties, additionalProperties: { type: 'string' } };
  expect(listed({ input: open }).inputSchema).toEqual(open);
});

test.each<[ToolAnnotations, ToolAnnotations | undefined]>([
  [{ readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true }, { readOnlyHint: true }],
  [
    { readOnlyHint: true, openWorldHint: false },
    { readOnlyHint: true, openWorldHint: false },
  ],
  [{ readOnlyHint: false, destructiveHint: true, idempotentHint: false }, undefined],
  [
    { destructiveHint: false, idempotentHint: true },
    { destructiveHint: false, idempotentHint: true },
  ],
  [{ title: 'A title' }, { title: 'A title' }],
])('hints that say what holds without them are left out: %j', (annotations, expected) => {
  expect(listed({ annotations }).annotations).toEqual(expected);
});

test('a title is listed where it is not the name', () => {
  expect(listed({ title: 'Other' })).toHaveProperty('title', 'Other');
  expect(listed({ title: 't' })).not.toHaveProperty('title');
});

test('a tool whose schemas are published verbatim is', () => {
  const inputJsonSchema = {
    type: 'object' as const,
    properties: { a: { type: 'integer', minimum: 1 } },
    required: [],
    additionalProperties: false,
  };
  const annotations = { readOnlyHint: true, destructiveHint: false };
  const definition = defineTool({ name: 't', description: 'A tool', input: inputJsonSchema, run: () => '' });
  const tool = new Tool({ ...definition, inputJsonSchema, annotations, title: 'T', verbatimSchemas: true });
  expect(toListedTool(tool)).toEqual({
    name: 't',
    title: 'T',
    description: 'A tool',
    inputSchema: inputJsonSchema,
    annotations,
  });
});
