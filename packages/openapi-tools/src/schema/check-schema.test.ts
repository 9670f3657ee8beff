import { expect, test } from 'vitest';

import { checkSchema } from './check-schema.ts';

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
  const start = performance.now();
  const { issues } = check(
    { type: 'object', properties: { a: { pattern: '(a+)+$' } } },
    { a: `${'a'.repeat(50_000)}!` },
  );
  expect(issues).toHaveLength(1);
  expect(performance.now() - start).toBeLessThan(1000);
});

test('a pattern that the engine does not know is not checked', () => {
  expect(check({ type: 'object', properties: { a: { pattern: '(?<=x)y' } } }, { a: 'z' }).issues).toBeUndefined();
});
