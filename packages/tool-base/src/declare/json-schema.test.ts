import type { StandardSchemaV1 } from '@standard-schema/spec';
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { callTool, defineTool, fromJsonSchema, Tool, ToolDefinitionError } from '../index.ts';
import type { JsonSchema, ToolResult } from '../index.ts';

function toolOf(input: StandardSchemaV1, inputJsonSchema?: JsonSchema): Tool {
  const given = inputJsonSchema === undefined ? {} : { inputJsonSchema };
  return new Tool(defineTool({ name: 'probe', description: 'Probes', input, ...given, run: (value) => ({ value }) }));
}

function call(tool: Tool, args: unknown): Promise<ToolResult> {
  return callTool(tool, { arguments: args, caller: { name: 'test' } });
}

describe.each<[string, StandardSchemaV1]>([
  [
    'valibot',
    toStandardJsonSchema(v.object({ host: v.pipe(v.string(), v.minLength(1)), port: v.optional(v.number()) })),
  ],
  ['zod', z.object({ host: z.string().min(1), port: z.number().optional() })],
  ['arktype', type({ host: 'string >= 1', 'port?': 'number' })],
])('a schema of %s', (_, schema) => {
  const tool = toolOf(schema);

  test('is published as JSON Schema whose argument names are closed', () => {
    expect(tool.inputJsonSchema).toMatchObject({
      type: 'object',
      properties: { host: { type: 'string', minLength: 1 }, port: { type: 'number' } },
      required: ['host'],
      additionalProperties: false,
    });
  });

  test('accepts what fits', async () => {
    expect((await call(tool, { host: 'a', port: 1 })).structured).toEqual({ value: { host: 'a', port: 1 } });
  });

  test('refuses what does not, by the name of the argument', async () => {
    for (const args of [{}, { host: '' }, { host: 1 }, { host: 'a', port: '1' }]) {
      const { error } = await call(tool, args);
      expect(error).toMatchObject({ type: 'validation_error', message: expect.stringMatching(/host|port/) });
    }
  });

  test('refuses a name that it does not list', async () => {
    expect((await call(tool, { host: 'a', hots: 'b' })).error?.suggestion).toBe('Arguments of this tool: host, port.');
  });
});

describe('a published schema', () => {
  const bare = v.object({ a: v.string() });

  test('may be given by hand, and then wins', () => {
    const given = { type: 'object', properties: { a: { type: 'string', title: 'A' } } };
    expect(toolOf(bare, given).inputJsonSchema).toEqual({ ...given, additionalProperties: false });
    expect(toolOf(toStandardJsonSchema(bare), given).inputJsonSchema).toMatchObject({
      properties: { a: { title: 'A' } },
    });
  });

  test('that is missing is a definition error that says what to do', () => {
    expect(() => toolOf(bare)).toThrow(ToolDefinitionError);
    expect(() => toolOf(bare)).toThrow(/inputJsonSchema|toStandardJsonSchema/);
  });

  test('that the library cannot write is a definition error too', () => {
    expect(() => toolOf(z.object({ when: z.date() }))).toThrow(/inputJsonSchema/);
  });

  test.each([
    ['additionalProperties', { type: 'object', additionalProperties: true }],
    ['a schema for them', { type: 'object', additionalProperties: { type: 'string' } }],
    ['patternProperties', { type: 'object', patternProperties: { '^x-': {} } }],
  ])('with %s keeps its argument names open, except for __proto__', async (_, given) => {
    const tool = toolOf(v.record(v.string(), v.unknown()), given);
    expect(tool.inputJsonSchema).toMatchObject(given);
    expect(await call(tool, { anything: 1 })).toMatchObject({ ok: true });
    expect((await call(tool, JSON.parse('{"__proto__":{"x":1}}'))).error?.type).toBe('validation_error');
  });
});

test('messages of a schema library are shortened, cleaned and at most five', async () => {
  const issue = (message: string): StandardSchemaV1.Issue => ({ message, path: ['a', { key: 0 }] });
  const schema: StandardSchemaV1 = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: () => ({
        issues: [issue('bad\u001b[2J\u202e value'), ...Array.from({ length: 6 }, () => issue('x'.repeat(9999)))],
      }),
    },
  };
  const { error } = await call(toolOf(schema, { type: 'object' }), {});
  expect(error?.message).toMatch(/^a\.0: bad value\. /);
  expect(error?.message).toMatch(/And 2 more\.$/);
  expect(error?.message.length).toBeLessThan(3000);
});

describe('the published input schema', () => {
  const publishedFor = (schema: JsonSchema): JsonSchema => toolOf(fromJsonSchema(schema)).inputJsonSchema;

  test('has type object and properties, whatever the author left out', () => {
    const closed = { type: 'object', properties: {}, additionalProperties: false };
    expect(publishedFor({})).toEqual(closed);
    expect(publishedFor({ type: 'object' })).toEqual(closed);
    const open = { type: 'object', additionalProperties: true };
    expect(publishedFor(open)).toEqual({ ...open, properties: {} });
  });

  test.each<JsonSchema>([
    { type: 'string' },
    { type: 'array', items: {} },
    { type: ['object', 'null'] },
    { anyOf: [{ type: 'object' }, { type: 'string' }] },
  ])('of anything but an object is refused: %j', (schema) => {
    expect(() => toolOf(fromJsonSchema(schema))).toThrow(/must describe an object/u);
  });
});

describe('an invalid JSON Schema is refused with the place and without the text of the validator', () => {
  test.each<[JsonSchema, string]>([
    [{ type: 'object', properties: { a: { type: 'strnig' } } }, 'at properties.a.type.'],
    [{ type: 'nothing' }, 'at type.'],
    [{ type: 'object', properties: { a: { $ref: 'https://example.com/x.json' } } }, 'is not valid.'],
    [{ type: 'object', properties: { a: { type: 'string', pattern: '(' } } }, 'is not valid.'],
  ])('%j', (schema, place) => {
    let message = '';
    try {
      fromJsonSchema(schema);
    } catch (error) {
      ({ message } = error as Error);
    }
    expect(message).toContain(place);
    expect(message).not.toMatch(/data\/|resolve reference|Unterminated|must be equal/u);
  });
});
