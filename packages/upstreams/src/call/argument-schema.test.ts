/** An upstream writes the schema, and the values of its results. Whatever it writes, a check ends soon. */
import { expect, onTestFinished, test, vi } from 'vitest';

import { argumentSchema } from './argument-schema.ts';

// Beside many other tests, what takes half a second takes ten.
vi.setConfig({ testTimeout: 60_000 });

function issues(part: object, value: unknown): readonly { message: string }[] | undefined {
  const schema = argumentSchema({ type: 'object', properties: { a: part } });
  const result = schema['~standard'].validate({ a: value });
  if (result instanceof Promise) throw new TypeError('a check is synchronous');
  return result.issues;
}

const alternatives = (count: number, each: (at: number) => object): object => ({
  anyOf: Array.from({ length: count }, (_, at) => each(at)),
});

test.each([
  [
    'a list of values with many alternatives',
    { type: 'array', items: alternatives(500, (at) => ({ type: 'object', required: [`p${at}`] })) },
    Array.from({ length: 100_000 }, () => ({})),
    [{}],
  ],
  [
    'an object with many members for many closed alternatives',
    alternatives(500, () => ({ type: 'object', additionalProperties: false })),
    Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`k${at}`, 1])),
    { k: 1 },
  ],
])('%s is left to the upstream, and a small one is checked', (_, schema, large, small) => {
  expect(issues(schema, large)).toBeUndefined();
  expect(issues(schema, small)?.length).toBeGreaterThan(0);
});

test('a text is read to its end by a few alternatives and not by thousands', () => {
  const text = (at: number): object => ({ type: 'string', maxLength: 1, title: `${at}` });
  expect(issues(alternatives(5, text), 'long')?.[1]?.message).toContain('too long');
  expect(issues(alternatives(3000, text), 'x'.repeat(4_000_000))).toBeUndefined();
});

test('a closed object says which member is too many', () => {
  const messages = issues({ type: 'object', additionalProperties: false }, { b: 1 })?.map(({ message }) => message);
  expect(messages).toEqual([expect.stringContaining('"b"'), expect.stringContaining('False')]);
});

test('no pattern of an upstream is ever run', () => {
  const run: string[] = [];
  for (const method of ['exec', 'test'] as const) {
    const original = RegExp.prototype[method] as (this: RegExp, text: string) => never;
    const spy = vi.spyOn(RegExp.prototype, method).mockImplementation(function (this: RegExp, text) {
      run.push(this.source);
      return original.call(this, text);
    });
    onTestFinished(() => spy.mockRestore());
  }
  const pattern = '^(a+)+$';
  const text = `${'a'.repeat(50)}!`;
  const parts = [
    { type: 'string', pattern },
    { type: 'string', format: 'regex' },
    { type: 'object', patternProperties: { [pattern]: { type: 'number' } } },
    { type: 'object', propertyNames: { pattern } },
    { allOf: [{ anyOf: [{ pattern }] }, { not: { pattern } }] },
  ];
  for (const part of parts) {
    const value = part.type === 'object' ? { [text]: 1 } : text;
    const result = argumentSchema({ type: 'object', properties: { a: part } })['~standard'].validate({ a: value });
    expect(JSON.stringify(result)).toBe(JSON.stringify({ value: { a: value } }));
  }
  expect(/^run$/.test('run')).toBe(true);
  expect(run).toContain('^run$');
  expect(run).not.toContain(pattern);
});

const digits = { pattern: '^[0-9]+$' };
const letters = { pattern: '^[a-z]+$' };

test.each([
  ['not', { type: 'string', not: digits }, 'abc'],
  ['oneOf', { oneOf: [digits, letters] }, 'abc'],
  ['if', { if: { not: digits }, else: { maxLength: 1 } }, 'abc'],
  ['a reference within not', { not: { $ref: '#/properties/a/$defs/d' }, $defs: { d: digits } }, 'abc'],
  ['maxContains', { type: 'array', contains: digits, maxContains: 1 }, ['1', 'a', 'b']],
  ['unevaluatedProperties', { allOf: [{ patternProperties: { '^x': {} } }], unevaluatedProperties: false }, { x1: 1 }],
  ['a format within not', { not: { format: 'ipv4' } }, 'abc'],
])('what a schema allows passes where a part that is not checked stands below %s', (_, part, value) => {
  expect(issues(part, value)).toBeUndefined();
});

test.each([
  ['not', { not: { type: 'string' } }, 'abc'],
  ['oneOf', { oneOf: [{ type: 'string' }, { minLength: 1 }] }, 'abc'],
  ['if', { if: { type: 'number' }, else: { maxLength: 1 } }, 'abc'],
])('%s is checked where every part is', (_, part, value) => {
  expect(issues(part, value)?.length).toBeGreaterThan(0);
});
