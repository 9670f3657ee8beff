import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { callTool, defineTool, Tool } from '../index.ts';
import { flatInputSchema } from './flat-input-schema.ts';
import type { JsonSchema } from './json-schema.ts';

const text = { type: 'string' };

describe('a union of a schema library is published as one object', () => {
  const url = { url: 'string' } as const;
  test.each([
    [
      'zod',
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('file'), path: z.string() }),
        z.object({ kind: z.literal('url'), url: z.string() }),
      ]),
    ],
    [
      'valibot',
      toStandardJsonSchema(
        v.variant('kind', [
          v.object({ kind: v.literal('file'), path: v.string() }),
          v.object({ kind: v.literal('url'), url: v.string() }),
        ]),
      ),
    ],
    ['arktype', type({ kind: "'file'", path: 'string' }).or({ kind: "'url'", ...url })],
  ])('%s', async (_, input) => {
    const tool = new Tool(defineTool({ name: 'read', description: 'Reads', input, run: (value) => ({ value }) }));
    const { inputJsonSchema: schema } = tool;
    for (const key of ['anyOf', 'oneOf', 'allOf', 'not', '$ref', '$schema']) expect(schema).not.toHaveProperty([key]);
    expect(schema).toMatchObject({
      type: 'object',
      properties: { kind: { type: 'string', enum: ['file', 'url'] }, path: text, url: text },
      required: ['kind'],
      additionalProperties: false,
    });
    const words = String(schema['description']);
    expect(words).toContain('With kind "file": path.');
    expect(words).toContain('With kind "url": url.');
    const call = (args: object) => callTool(tool, { arguments: args, caller: { name: 'test' } });
    expect(await call({ kind: 'url', url: 'x' })).toMatchObject({ ok: true });
    expect(await call({ kind: 'url', url: 'x', path: null })).toMatchObject({ ok: true });
    expect((await call({ kind: 'url', path: 'x' })).error).toMatchObject({ type: 'validation_error' });
    expect((await call({ kind: 'url', url: 'x', ulr: 1 })).error?.suggestion).toContain('kind, path, url');
  });
});

describe('what the top level says besides properties', () => {
  const ab = { type: 'object', properties: { a: text, b: text } };
  test.each<[string, JsonSchema, JsonSchema]>([
    [
      'at least one of some',
      { ...ab, anyOf: [{ required: ['a'] }, { required: ['b'] }] },
      { description: 'Give at least one of a, b.' },
    ],
    [
      'exactly one of some',
      { ...ab, oneOf: [{ required: ['a'] }, { required: ['b'] }] },
      { description: 'Give exactly one of a, b.' },
    ],
    [
      'alternatives of several',
      {
        description: 'Finds.',
        anyOf: [
          { ...ab, required: ['a', 'b'] },
          { properties: { c: text, d: text }, required: ['c'] },
        ],
      },
      { description: 'Finds. Give one of these: a, b; or c, optionally d.' },
    ],
    [
      'a part that is referred to',
      { $ref: '#/$defs/x', $defs: { x: { ...ab, required: ['a'] } } },
      { ...ab, required: ['a'] },
    ],
    [
      'several parts',
      {
        allOf: [
          { ...ab, required: ['a'] },
          { properties: { c: text }, required: ['c'] },
        ],
      },
      { required: ['a', 'c'] },
    ],
    [
      'a rule of another kind',
      { ...ab, not: { required: ['a', 'b'] } },
      { description: 'The arguments must also fit {"not":{"required":["a","b"]}}.' },
    ],
    [
      'the same argument of two types',
      { anyOf: [{ properties: { a: text } }, { properties: { a: { type: 'integer' } } }] },
      { properties: { a: { anyOf: [text, { type: 'integer' }] } } },
    ],
    [
      'an alternative that takes any name',
      { anyOf: [{ properties: { a: text } }, { type: 'object' }] },
      { additionalProperties: true },
    ],
  ])('%s is kept', (_, schema, expected) => {
    expect(flatInputSchema(schema)).toMatchObject({ type: 'object', ...expected });
  });

  test('definitions stay where an argument refers to them, and go where none does', () => {
    const $defs = { x: { type: 'object', properties: { a: { $ref: '#/$defs/y' } } }, y: text };
    expect(flatInputSchema({ $ref: '#/$defs/x', $defs })).toHaveProperty(['$defs']);
    expect(flatInputSchema({ $ref: '#/$defs/x', $defs: { x: ab } })).not.toHaveProperty(['$defs']);
  });

  test.each<JsonSchema>([
    ab,
    { anyOf: [{ type: 'object' }, { type: 'string' }] },
    { $ref: '#/$defs/x', $defs: { x: { $ref: '#/$defs/x' } } },
    { $ref: 'https://example.com/x.json' },
    { anyOf: [] },
  ])('a schema without composition, and one that is none of an object, is left: %j', (schema) => {
    expect(flatInputSchema(schema)).toBe(schema);
  });
});
