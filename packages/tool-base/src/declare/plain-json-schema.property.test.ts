import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import type { JsonSchema } from './json-schema.ts';
import { acceptanceOf } from './plain-acceptance.ts';
import { isPlainJsonSchema } from './plain-json-schema.ts';

const type = fc.constantFrom('array', 'boolean', 'integer', 'null', 'number', 'object', 'string');
const scalar = fc.oneof(fc.string({ maxLength: 2 }), fc.integer({ max: 3 }), fc.constant(null));
const name = fc.constantFrom('a', 'b', '__proto__');

/** Some keywords with right values each, and some schemas with any value for one more keyword. */
const schemas = fc.letrec<{ schema: JsonSchema | boolean }>((tie) => {
  const schema = tie('schema');
  const keywords: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
    type: fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 })),
    default: fc.jsonValue({ maxDepth: 1 }),
    enum: fc.uniqueArray(scalar, { minLength: 1, maxLength: 3 }),
    format: fc.constantFrom('uri', 'date', 'of-nobody'),
    pattern: fc.constantFrom('^a+$', String.raw`\p{L}`, ''),
    minLength: fc.nat(),
    maximum: fc.double({ noNaN: true, noDefaultInfinity: true }),
    multipleOf: fc.integer({ min: 1 }),
    items: schema,
    required: fc.uniqueArray(name),
    properties: fc.dictionary(name, schema, { maxKeys: 2 }),
    additionalProperties: schema,
    anyOf: fc.array(schema, { minLength: 1, maxLength: 2 }),
    not: schema,
    uniqueItems: fc.boolean(),
  };
  const part = fc
    .constantFrom(...Object.keys(keywords))
    .chain((key) => (keywords[key] ?? fc.constant(true)).map((value): JsonSchema => ({ [key]: value })));
  const usual = fc
    .array(part, { minLength: 1, maxLength: 4 })
    .map((parts) => Object.assign({}, ...parts) as JsonSchema);
  const key = fc.constantFrom(...Object.keys(keywords), '$ref', 'nullable', 'maxItems', 'oneOf', 'title', 'x');
  const value = fc.oneof(
    fc.anything({ maxDepth: 1 }),
    fc.constantFrom<unknown>([], [1, 1], ['a', 'a'], -1, 1.5, '(', String.raw`\-`, 'strnig', null, NaN, [[1], [1]]),
  );
  const other = fc.tuple(usual, key, value).map(([base, one, any]): JsonSchema => ({ ...base, [one]: any }));
  return {
    schema: fc.oneof({ maxDepth: 2 }, fc.boolean(), { weight: 4, arbitrary: usual }, { weight: 2, arbitrary: other }),
  };
}).schema;

test('what is plain is valid for the meta-schema and compiles, in both drafts', () => {
  const drafts = [new Ajv({ strict: false, logger: false }), new Ajv2020({ strict: false, logger: false })];
  const seen = { plain: 0, other: 0, wrong: 0 };
  fc.assert(
    fc.property(schemas, (schema) => {
      if (typeof schema === 'boolean') return;
      const isPlain = isPlainJsonSchema(schema);
      seen[isPlain ? 'plain' : 'other'] += 1;
      for (const ajv of drafts) {
        let isValid = false;
        try {
          ajv.compile(structuredClone(schema));
          isValid = true;
        } catch {
          seen.wrong += 1;
        }
        expect(isValid || !isPlain).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
});

test('what any schema library writes is plain, and what needs another look is not', () => {
  const object = { type: 'object', properties: { a: { type: ['string', 'null'], maxLength: 3 } }, required: ['a'] };
  expect(
    isPlainJsonSchema({
      ...object,
      additionalProperties: false,
      $schema: 'https://json-schema.org/draft/2020-12/schema',
    }),
  ).toBe(true);
  expect(isPlainJsonSchema({ ...object, $schema: 'http://json-schema.org/draft-07/schema#' })).toBe(true);
  expect(isPlainJsonSchema({ ...object, $schema: 'http://json-schema.org/draft-04/schema#' })).toBe(false);
  expect(isPlainJsonSchema({ properties: { a: { $ref: '#/$defs/a' } } })).toBe(false);
  const endless: Record<string, unknown> = { type: 'object' };
  endless['items'] = endless;
  expect(isPlainJsonSchema(endless)).toBe(false);
});

/** Values of which some conform to the schemas above, and names that every object inherits. */
const values = fc.jsonValue({ maxDepth: 2 }).chain((other) =>
  fc.oneof(
    fc.constantFrom<unknown>('a', 'aa', '\u{1F600}', '', 0, 1, 2.5, -0, Infinity, null, true, [], ['a'], [[1], 1], {}),
    fc.dictionary(
      fc.constantFrom('a', 'b', '__proto__', 'constructor'),
      fc.constantFrom<unknown>('a', 1, null, other),
      {
        noNullPrototype: false,
      },
    ),
    fc.constant(other),
  ),
);

test('what is accepted without Ajv, Ajv accepts in both drafts', () => {
  const seen = { accepted: 0, left: 0, refused: 0 };
  const drafts = [new Ajv({ strict: false, logger: false }), new Ajv2020({ strict: false, logger: false })];
  fc.assert(
    fc.property(schemas, fc.array(values, { minLength: 4, maxLength: 8 }), (schema, list) => {
      if (typeof schema === 'boolean' || !isPlainJsonSchema(schema)) return;
      const accepts = acceptanceOf(schema);
      const validators = drafts.map((ajv) => ajv.compile(structuredClone(schema)));
      for (const value of list) {
        const isAccepted = accepts(value);
        const conforms = validators.every((validate) => validate(value));
        seen[isAccepted ? 'accepted' : conforms ? 'left' : 'refused'] += 1;
        expect(conforms || !isAccepted).toBe(true);
      }
    }),
    { numRuns: 400 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
});

test.each<readonly [JsonSchema, readonly unknown[], readonly unknown[]]>([
  [{ type: 'string', minLength: 2, maxLength: 2 }, ['ab', '\u{1F600}\u{1F600}'], ['a', '\u{1F600}', 'abc']],
  [{ type: ['integer', 'null'], minimum: 1, exclusiveMaximum: 3 }, [1, 2, null], [0, 3, 1.5, '1']],
  [{ type: 'number', maximum: 3, exclusiveMinimum: 1 }, [1.5, 3], [1, 3.1, Infinity]],
  [{ enum: ['a', 1, null] }, ['a', 1, null], ['b', true]],
  [{ const: 'a' }, ['a'], ['b']],
  [{ pattern: String.raw`^\p{L}+$` }, ['ä', 1], ['1']],
  [{ type: 'array', items: { type: 'boolean' }, minItems: 1, maxItems: 2 }, [[true]], [[], [1], [true, true, true]]],
  [{ type: 'object', minProperties: 1, maxProperties: 1 }, [{ a: 1 }], [{}, { a: 1, b: 1 }, []]],
  [{ type: 'object', additionalProperties: { type: 'string' } }, [{ a: 'b' }, {}], [{ a: 1 }]],
  [{ anyOf: [{ type: 'string' }, { const: 1 }], allOf: [{ enum: ['a', 1, 2] }] }, ['a', 1], [2, 'b']],
  [
    { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false },
    [{ a: '' }],
    [{ a: 1 }, { a: '', b: 1 }, {}, { a: undefined }, null, JSON.parse('{"a":"","__proto__":{}}')],
  ],
])('%j is decided without Ajv', (schema, conforming, others) => {
  const accepts = acceptanceOf(schema);
  const validate = new Ajv2020({ strict: false }).compile(schema);
  for (const value of conforming) expect([value, accepts(value), validate(value)]).toEqual([value, true, true]);
  for (const value of others) expect([value, accepts(value), validate(value)]).toEqual([value, false, false]);
});

test.each<readonly [JsonSchema, unknown]>([
  [{ properties: { a: { format: 'date' } } }, { a: '2026-02-30' }],
  [{ not: {} }, 1],
  [{ multipleOf: 2 }, 3],
  [{ uniqueItems: true }, [1, 1]],
  [{ oneOf: [{}, {}] }, 1],
  [{ const: {} }, {}],
  [{ properties: JSON.parse('{"__proto__":false}') as JsonSchema }, {}],
  [{ items: { format: 'date' } }, ['a']],
])('%j is left to Ajv', (schema, value) => {
  expect(acceptanceOf(schema)(value)).toBe(false);
});

// The child process runs the sources, whose `using` declarations need Node 24.
test.runIf(Number.parseInt(process.versions.node) >= 24)(
  'Ajv is loaded by the first value that is not accepted',
  () => {
    const program = `
    import { createRequire } from 'node:module';
    const { fromJsonSchema } = await import(process.argv[1]);
    const isLoaded = () => Object.keys(createRequire(process.argv[1]).cache).some((file) => file.includes('/ajv/'));
    const { validate } = fromJsonSchema({ type: 'object', required: ['a'] })['~standard'];
    console.log(JSON.stringify(['issues' in validate({ a: 1 }), isLoaded(), 'issues' in validate({}), isLoaded()]));
  `;
    const file = fileURLToPath(new URL('from-json-schema.ts', import.meta.url));
    const args = ['--conditions=@mcp/source', '--input-type=module', '--eval', program, file];
    expect(JSON.parse(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout)).toEqual([
      false,
      false,
      true,
      true,
    ]);
  },
);
