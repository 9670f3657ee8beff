/** An upstream writes the schema, and the values of its results. Whatever it writes, a check ends soon. */
import { expect, test, vi } from 'vitest';

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
