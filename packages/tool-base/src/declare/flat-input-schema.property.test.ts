import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { flatInputSchema } from './flat-input-schema.ts';
import { fromJsonSchema } from './from-json-schema.ts';
import type { JsonSchema } from './json-schema.ts';

test('arguments that the schema accepts are accepted by the flat one', () => {
  const names = ['a', 'b', 'c'] as const;
  const value = fc.constantFrom<unknown>('x', 'y', 1, true);
  const property = fc.constantFrom<JsonSchema>(
    { type: 'string' },
    { type: 'integer' },
    { const: 'x' },
    { enum: ['x', 'y', 1] },
  );
  const plain = fc.record<JsonSchema>({
    type: fc.constant('object'),
    properties: fc.dictionary(fc.constantFrom(...names), property, { maxKeys: 3 }),
    required: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 2 }),
    additionalProperties: fc.constant(false),
  });
  const composed = fc.letrec<{ schema: JsonSchema }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 3 },
      plain,
      fc
        .tuple(fc.constantFrom('anyOf', 'oneOf', 'allOf'), fc.array(tie('schema'), { minLength: 1, maxLength: 3 }))
        .map(([key, parts]) => ({ type: 'object', [key]: parts })),
    ),
  })).schema;
  const given = fc.dictionary(fc.constantFrom(...names), value);
  fc.assert(
    fc.property(composed, given, (schema, args) => {
      const flat = flatInputSchema(schema);
      for (const key of ['anyOf', 'oneOf', 'allOf']) expect(flat).not.toHaveProperty([key]);
      // Too few that are accepted fail the run, so that it cannot pass without having compared any.
      fc.pre(accepts(schema, args));
      expect(accepts(flat, args)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

function accepts(schema: JsonSchema, args: object): boolean {
  return !('issues' in (fromJsonSchema(schema)['~standard'].validate(args) as object));
}
