import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import type { JsonSchema } from './json-schema.ts';
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
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(20);
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

// The child process runs the sources, whose `using` declarations need Node 24.
test.runIf(Number.parseInt(process.versions.node) >= 24)('Ajv is loaded by the first value that is checked', () => {
  const program = `
    import { createRequire } from 'node:module';
    const { fromJsonSchema } = await import(process.argv[1]);
    const isLoaded = () => Object.keys(createRequire(process.argv[1]).cache).some((file) => file.includes('/ajv/'));
    const { validate } = fromJsonSchema({ type: 'object', required: ['a'] })['~standard'];
    const before = isLoaded();
    console.log(JSON.stringify([before, 'issues' in validate({}), 'issues' in validate({ a: 1 }), isLoaded()]));
  `;
  const file = fileURLToPath(new URL('from-json-schema.ts', import.meta.url));
  const args = ['--conditions=@mcp/source', '--input-type=module', '--eval', program, file];
  expect(JSON.parse(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout)).toEqual([
    false,
    true,
    false,
    true,
  ]);
});
