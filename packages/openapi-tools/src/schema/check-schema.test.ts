import { expect, test } from 'vitest';

import { checkSchema } from './check-schema.ts';
import { SharedDefinitions } from './shared-definitions.ts';

type Outcome = { readonly issues?: readonly { readonly path?: unknown; readonly message: string }[] };

function check(schema: Record<string, unknown>, value: unknown): Outcome {
  return checkSchema(schema)['~standard'].validate(value) as Outcome;
}

const person = {
  type: 'object',
  properties: { name: { type: 'string', pattern: '^[a-z]+$', format: 'email' }, friend: { $ref: '#/$defs/person' } },
  required: ['name'],
  $defs: { person: { type: 'object', properties: { name: { type: 'string' }, friend: { $ref: '#/$defs/person' } } } },
};

test('a recursive schema is checked at every depth', () => {
  expect(
    check({ ...person.$defs.person, $defs: person.$defs }, { friend: { friend: { name: 1 } } }).issues,
  ).toMatchObject([{ path: ['friend', 'friend', 'name'] }]);
});

test('a pattern and a format hold both', () => {
  expect(check(person, { name: 'a@b.example' }).issues?.map(({ message }) => message)).toEqual([
    'must match the pattern ^[a-z]+$',
  ]);
  expect(check(person, { name: 'ab' }).issues?.[0]?.message).toContain('email');
});

test('a property may be named pattern or format', () => {
  const schema = { type: 'object', properties: { pattern: { type: 'string' }, format: { type: 'integer' } } };
  expect(check(schema, { pattern: 'x', format: 1 }).issues).toBeUndefined();
  expect(check(schema, { pattern: 1 }).issues).toMatchObject([{ path: ['pattern'] }]);
});

test('a pattern that takes exponential time elsewhere is decided at once', () => {
  // With an engine that goes back, this test would not end.
  const { issues } = check(
    { type: 'object', properties: { a: { pattern: '(a+)+$' } } },
    { a: `${'a'.repeat(50_000)}!` },
  );
  expect(issues).toHaveLength(1);
});

test('a pattern that the engine does not know is not checked', () => {
  expect(check({ type: 'object', properties: { a: { pattern: '(?<=x)y' } } }, { a: 'z' }).issues).toBeUndefined();
});

test('names of properties are matched where that takes linear time; else they are not checked', () => {
  const closed = (name: string): Record<string, unknown> => ({
    type: 'object',
    patternProperties: { [name]: { type: 'integer' } },
    additionalProperties: false,
  });
  for (const name of ['^x-', '^[a-z]+$', '^[A-Z]{2}_\\w*$', '^\\d{1,3}$']) {
    expect(check(closed(name), { '-': 1 }).issues).toMatchObject([{ path: ['-'] }]);
  }
  expect(check(closed('^x-'), { 'x-a': 'text' }).issues?.[0]).toMatchObject({ path: ['x-a'] });
  const hostile = { [`${'a'.repeat(50_000)}!`]: 1 };
  for (const name of ['(a+)+$', '^(a+)+$', '^a*a*a*a*$', 'a+$', '^[', '^(?=a)']) {
    expect(check(closed(name), hostile).issues).toBeUndefined();
  }
});

test('a long list is not compared pair by pair', () => {
  const list = Array.from({ length: 200_000 }, () => 1);
  expect(check({ type: 'object', properties: { a: { uniqueItems: true } } }, { a: list }).issues).toBeUndefined();
});

test('alternatives that refer to each other end', () => {
  const node = { $ref: '#/$defs/node' };
  const schema = {
    ...node,
    $defs: { node: { type: 'object', properties: { child: { oneOf: [node, node] } } } },
  };
  let value = {};
  for (let depth = 0; depth < 60; depth += 1) value = { child: value };
  expect(check(schema, value).issues).toMatchObject([{ message: expect.stringContaining('nested too deeply') }]);
});

test('a long list of values with many alternatives is refused before it keeps others waiting; one of a type is checked', () => {
  const list = Array.from({ length: 100_000 }, () => ({}));
  const alternatives = Array.from({ length: 500 }, (_, at) => ({ type: 'object', required: [`p${at}`] }));
  const listOf = (items: Record<string, unknown>): Record<string, unknown> => ({
    type: 'object',
    properties: { a: { type: 'array', items } },
  });
  const tooMany = [{ message: expect.stringContaining('too many') }];
  expect(check(listOf({ anyOf: alternatives }), { a: list }).issues).toMatchObject(tooMany);
  const properties = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`p${at}`, {}]));
  expect(check(listOf({ properties }), { a: list }).issues).toMatchObject(tooMany);
  const closed = alternatives.map(() => ({ type: 'object', additionalProperties: false }));
  const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`k${at}`, 1]));
  expect(check(listOf({ anyOf: closed }), { a: [wide] }).issues).toMatchObject(tooMany);
  expect(check(listOf({ type: 'object' }), { a: list }).issues).toBeUndefined();
  // The next check begins anew.
  expect(check(listOf({ anyOf: alternatives }), { a: [{ p499: 1 }] }).issues).toBeUndefined();
}, 60_000);

test('a definition that tools share is prepared once', () => {
  const definitions = new SharedDefinitions();
  const $defs = { item: { type: 'object', properties: { n: { type: 'integer' } } } };
  const schemas = ['one', 'two'].map((name) =>
    checkSchema({ type: 'object', properties: { [name]: { $ref: '#/$defs/item' } }, $defs }, definitions),
  );
  const validate = (at: number, value: unknown): Outcome => schemas[at]!['~standard'].validate(value) as Outcome;
  expect(validate(0, { one: { n: 'x' } }).issues).toMatchObject([{ path: ['one', 'n'] }]);
  // What was prepared is not read again.
  $defs.item.properties.n.type = 'string';
  expect(validate(1, { two: { n: 'x' } }).issues).toMatchObject([{ path: ['two', 'n'] }]);
});

test('of several alternatives one is enough, since what is not checked may tell them apart', () => {
  const alternatives = [{ type: 'string', pattern: '^(?!b)a' }, { type: 'string', format: 'hostname' }, { const: 1 }];
  const schema = { type: 'object', properties: { a: { oneOf: alternatives, allOf: [{ maxLength: 3 }] } } };
  expect(check(schema, { a: 'x' }).issues).toBeUndefined();
  expect(check(schema, { a: 2 }).issues).not.toBeUndefined();
  expect(check(schema, { a: 'long text' }).issues).not.toBeUndefined();
});

test.each([
  { not: { pattern: '^(?!b)a' } },
  { not: { type: 'string', format: 'hostname' } },
  { not: { anyOf: [{ $ref: '#/$defs/unknown' }] } },
  JSON.parse('{ "if": { "pattern": "(?=a)" }, "then": false }') as object,
])('a negation or condition that cannot be checked wholly refuses nothing: %j', (a) => {
  const schema = { type: 'object', properties: { a }, $defs: { unknown: { pattern: '^(?!b)a' } } };
  expect(check(schema, { a: 'x' }).issues).toBeUndefined();
});

test('a negation and a condition that can be checked are', () => {
  const conditional = '{ "if": { "minLength": 3 }, "then": { "const": "aaa" }, "else": { "enum": ["a"] } }';
  const a = { not: { pattern: '^b' }, ...(JSON.parse(conditional) as object) };
  const accepted = (value: string): boolean =>
    check({ type: 'object', properties: { a } }, { a: value }).issues === undefined;
  expect(['a', 'aaa', 'b', 'aab', 'c'].map(accepted)).toEqual([true, true, false, false, false]);
});

const UNKNOWN = { format: 'of the future' };

test.each([
  ['maxContains', { type: 'array', contains: UNKNOWN, maxContains: 1 }, ['a', 'b']],
  [
    'unevaluatedProperties',
    {
      type: 'object',
      properties: { a: {} },
      ...(JSON.parse(
        '{ "if": { "properties": { "a": { "format": "of the future" } } }, "then": { "properties": { "b": {} } } }',
      ) as object),
      unevaluatedProperties: false,
    },
    { a: 'x', b: 1 },
  ],
])('%s is not checked beside what is not', (_, schema, value) => {
  expect(check(schema, value).issues).toBeUndefined();
});

test.each([
  ['maxContains', { type: 'array', contains: { type: 'string' }, maxContains: 1 }, ['a', 'b']],
  ['unevaluatedProperties', { type: 'object', properties: { a: {} }, unevaluatedProperties: false }, { b: 1 }],
])('%s is checked beside what is', (_, schema, value) => {
  expect(check(schema, value).issues?.length).toBeGreaterThan(0);
});
