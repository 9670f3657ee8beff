import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { defineTool, fromJsonSchema, Tool, ToolDefinitionError } from '../index.ts';
import { call } from '../test-support/probe-tool.ts';

const basics = { name: 'mine', description: 'Mine' };
const define = (spec: object): unknown => defineTool({ ...basics, run: () => 'ok', ...spec } as never);

describe('a definition that is not complete is refused', () => {
  test.each([
    ['no input', {}, /"mine".*input is missing.*properties: \{\}/],
    ['a raw shape', { input: { a: z.string() } }, /input is a plain object of schemas.*z\.object/],
    ['a value that is no schema', { input: 'string' }, /input is not a schema/],
    ['a JSON Schema of something else', { input: { type: 'string' } }, /input is not a schema.*type: "object"/],
    ['an invalid JSON Schema', { input: { type: 'object', properties: { a: { type: 'text' } } } }, /is not valid/],
    ['an output that is no schema', { input: z.object({}), output: 7 }, /output is not a schema/],
    ['no run', { input: z.object({}), run: undefined }, /run must be a function/],
    [
      'a hint that is text',
      { input: z.object({}), annotations: { readOnlyHint: 'yes' } },
      /readOnlyHint must be true or false/,
    ],
    ['annotations that are a list', { input: z.object({}), annotations: [] }, /annotations must be an object/],
    [
      'titles that are no text',
      { input: z.object({}), title: 1, annotations: { title: 2 } },
      /title must be text.*annotations.title must be/s,
    ],
    ['no name', { input: z.object({}), name: undefined }, /The name must be/],
  ])('%s', (_, spec, message) => {
    expect(() => define(spec)).toThrow(ToolDefinitionError);
    expect(() => define(spec)).toThrow(message);
  });
});

describe('a tool with plain JSON Schema', () => {
  const input = {
    type: 'object',
    properties: { host: { type: 'string', format: 'hostname' }, port: { enum: [80, 443] } },
    required: ['host'],
  } as const;

  test('validates its arguments, publishes the schema, and refuses other argument names', async () => {
    const tool = new Tool(defineTool({ ...basics, input, run: ({ host }) => ({ host }) }));
    expect((await call(tool, { arguments: { host: 'a', port: 80 } })).structured).toEqual({ host: 'a' });
    expect(tool.inputJsonSchema).toEqual({ ...input, additionalProperties: false });
    expect((await call(tool, { arguments: { host: 'a', x: 1 } })).error?.type).toBe('validation_error');
    const { error } = await call(tool, { arguments: { port: 22 } });
    expect(error?.message).toBe("must have required property 'host'. port: must be one of 80, 443.");
    expect((await call(tool, { arguments: { host: 'a b' } })).error?.message).toContain('host: must match format');
  });

  test('may give it as inputJsonSchema alone', async () => {
    const tool = new Tool(define({ inputJsonSchema: input }) as never);
    expect((await call(tool, { arguments: { host: 7 } })).error?.message).toContain('host: must be text, not a number');
  });

  test('may describe its output the same way', async () => {
    const output = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] } as const;
    const tool = new Tool(
      define({ input: v.object({}), inputJsonSchema: input, output, run: () => ({ n: 'x' }) }) as never,
    );
    expect((await call(tool)).error?.type).toBe('execution_error');
    expect(tool.outputJsonSchema).toEqual(output);
  });
});

test('fromJsonSchema reads draft-07 where the schema says so, and ignores unknown keywords', () => {
  const schema = fromJsonSchema({
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'array',
    items: [{ type: 'string' }],
    'x-note': 1,
  });
  expect(schema['~standard'].validate(['a'])).toEqual({ value: ['a'] });
  expect(schema['~standard'].validate([1])).toEqual({ issues: [{ path: ['0'], message: 'must be string' }] });
});
