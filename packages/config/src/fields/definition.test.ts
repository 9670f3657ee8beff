import * as v from 'valibot';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { group, list, map, optional, variant } from './composite-fields.ts';
import { ConfigStore } from '../store/config-store.ts';
import { renderDescription } from '../store/described-values.ts';
import { defineConfig } from '../define-config.ts';
import type { ConfigOf } from './definition.ts';
import { duration, durationText, secondsOf } from './duration.ts';
import { jsonSchemaOf } from '../describe/json-schema.ts';
import { ConfigError, pathText } from '../describe/problems.ts';
import { renderReference } from '../describe/reference.ts';
import { boolean, choice } from './word-fields.ts';
import { custom } from './scalar-field.ts';
import { integer, number } from './number-fields.ts';
import { secret, text } from './text-fields.ts';
import type { Secret } from './secret.ts';
import type { SampleConfig } from '../test-support/sample-definition.ts';
import type { sampleDefinition } from '../test-support/sample-definition.ts';
import { MemorySource } from '../store/memory-source.ts';

const shop = defineConfig(
  {
    listen: group(
      {
        port: integer({ doc: 'Port.', min: 1, max: 65_535, default: 80 }),
        token: optional(secret({ doc: 'Token.' })),
        idle: duration({ doc: 'Idle time.', min: 0, max: 60, default: '250ms' }),
      },
      {
        doc: 'Listener.',
        check: ({ port, idle }) => (port === 81 && idle > 1 ? [{ path: ['idle'], message: 'is too long' }] : []),
      },
    ),
    mail: optional(
      group(
        {
          to: custom(v.pipe(v.string(), v.email()), {
            doc: 'To.',
            expected: 'an e-mail address',
            jsonSchema: { type: 'string' },
          }),
        },
        { doc: 'Mail.' },
      ),
    ),
    rates: map(number({ doc: 'Rate.', min: 0, max: 1 }), {
      doc: 'Rates.',
      default: {},
      keyPattern: /^[A-Z]{3}$/,
      keyExpected: 'a currency',
    }),
    pay: list(
      variant<{ type: 'card'; brand: 'a' | 'b' } | { type: 'cash' }>(
        {
          card: group({ brand: choice(['a', 'b'], { doc: 'Brand.' }) }, { doc: 'Card.' }),
          cash: group({}, { doc: 'Cash.' }),
        },
        { doc: 'A way to pay.', words: ['cash'] },
      ),
      { doc: 'Ways to pay.', default: ['cash'], unique: 'type' },
    ),
    open: boolean({ doc: 'Open.' }),
  },
  { title: 'Shop', envPrefix: 'SHOP' },
);

const load = (content: string, env = {}) =>
  ConfigStore.load({ definition: shop, source: new MemorySource(content, 'shop.yaml'), env });

const problemsOf = async (content: string, env = {}): Promise<string[]> => {
  const error: unknown = await load(content, env).catch((reason: unknown) => reason);
  return error instanceof ConfigError ? error.problems.map(({ message }) => message) : [];
};

describe('a definition', () => {
  test('gives defaults, types, variables and optional sections', async () => {
    await using store = await load('open: true', { SHOP_LISTEN_PORT: '81', SHOP_RATES: '{EUR: 0.5}' });
    const { values } = store.snapshot;
    expect(values).toEqual({
      listen: { port: 81, token: undefined, idle: 0.25 },
      mail: undefined,
      rates: { EUR: 0.5 },
      pay: [{ type: 'cash' }],
      open: true,
    });
    expectTypeOf(values.listen.port).toEqualTypeOf<number>();
    expectTypeOf(values.listen.token).toEqualTypeOf<Secret | undefined>();
    expectTypeOf(values.rates).toEqualTypeOf<{ readonly [currency: string]: number }>();
    expectTypeOf<ConfigOf<typeof sampleDefinition>>().toEqualTypeOf<SampleConfig>();
  });

  test('reports missing keys, custom rules, rules of a section, and invalid names', async () => {
    expect(
      await problemsOf(
        'listen: {port: 81, idle: 2s}\nmail: {to: nobody}\nrates: {eur: 1}\npay: [cash, cash, {type: card, brand: c}]',
      ),
    ).toEqual([
      "mail.to must be an e-mail address, but it is 'nobody'",
      "'eur' cannot be a key of rates: it must be a currency",
      'pay[1] repeats the type of pay[0]',
      "pay[2].brand must be 'a' or 'b', but it is 'c'",
      'open is required',
    ]);
    expect(await problemsOf('open: true\nlisten: {port: 81, idle: 2s}')).toEqual(['listen.idle is too long']);
  });

  test('is described with origins', async () => {
    await using store = await load('open: true\nlisten: {token: abc}', { SHOP_OPEN: 'no' });
    expect(renderDescription(store.describe())).toBe(
      [
        'listen.port = 80             # default',
        'listen.token = "[redacted]"  # shop.yaml:2:17',
        'listen.idle = 0.25           # default',
        'rates = {}                   # default',
        'pay = [{"type":"cash"}]      # default',
        'open = false                 # SHOP_OPEN',
      ].join('\n'),
    );
    expect(store.describe().find(({ key }) => key === 'open')?.overrides).toMatchObject([{ source: 'file', line: 1 }]);
  });

  test('gives a JSON Schema and a reference', () => {
    expect(jsonSchemaOf(shop)).toMatchObject({
      title: 'Shop',
      required: ['open'],
      additionalProperties: false,
      properties: { listen: { properties: { port: { type: 'integer', minimum: 1, maximum: 65_535, default: 80 } } } },
    });
    expect(renderReference(shop)).toContain(
      '| `port` | A whole number from 1 to 65535 | `80` | `SHOP_LISTEN_PORT` | Port. |',
    );
  });

  test('without env, the environment is not read', async () => {
    await using store = await ConfigStore.load({ definition: shop, values: { open: true } });
    expect(store.snapshot.origin('open')).toEqual({ source: 'memory', name: 'values' });
  });
});

test('rules between keys are not applied while a required key is invalid', async () => {
  const definition = defineConfig(
    {
      name: group(
        { first: choice(['a', 'b'], { doc: '' }), last: choice(['a', 'b'], { doc: '', default: 'a' }) },
        { doc: '' },
      ),
    },
    {
      title: 't',
      envPrefix: 'T',
      check: ({ name }) => (name.first.startsWith('a') ? [] : [{ path: ['name'], message: 'no' }]),
    },
  );
  const error: unknown = await ConfigStore.load({ definition, values: { name: { first: 1 } } }).catch(
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ problems: [{ path: ['name', 'first'], rule: 'picklist' }] });
});

describe('an invalid definition throws', () => {
  test('with a field that the type of its section does not have', () => {
    // @ts-expect-error nope is no key of the section
    const section = group<SampleConfig['tool']>({ nope: boolean({ doc: '' }) }, { doc: '' });
    expect(section.kind).toBe('group');
  });

  const options = { title: 't', envPrefix: 'T' };
  test.each([
    [
      'a default outside its range',
      () => defineConfig({ a: integer({ doc: '', min: 1, max: 2, default: 3 }) }, options),
    ],
    ['a key that is not camelCase', () => defineConfig({ a_b: boolean({ doc: '' }) }, options)],
    ['a prototype key', () => defineConfig({ constructor: boolean({ doc: '' }) }, options)],
    [
      'two keys with one variable',
      () => defineConfig({ aB: boolean({ doc: '' }), a: group({ b: boolean({ doc: '' }) }, { doc: '' }) }, options),
    ],
    ['a map without keyPattern', () => map(boolean({ doc: '' }), { doc: '' } as never)],
    ['a map without keyExpected', () => map(boolean({ doc: '' }), { doc: '', keyPattern: /a/ } as never)],
    ['a duration without a range', () => duration({ doc: '', default: 1 } as never)],
    ['an integer whose range is empty', () => integer({ doc: '', min: 2, max: 1 })],
    ['a number without a maximum', () => number({ doc: '', min: 1 } as never)],
    ['a field without doc', () => boolean({} as never)],
    ['a text whose lengths are the wrong way round', () => text({ doc: '', minLength: 3, maxLength: 2 })],
    ['a choice without words', () => choice([], { doc: '' })],
    ['a list whose item is not a field', () => list('text' as never, { doc: '' })],
    ['a map whose value is not a field', () => map(undefined as never, { doc: '', keyPattern: /a/, keyExpected: 'a' })],
    ['a group of something else than fields', () => group({ a: 'text' as never }, { doc: '' })],
    ['an optional nothing', () => optional(undefined as never)],
    ['a secret with an unknown reload', () => secret({ doc: '', reload: 'never' as never })],
    ['a definition without title', () => defineConfig({ a: boolean({ doc: '' }) }, { envPrefix: 'T' } as never)],
    ['a definition without prefix', () => defineConfig({ a: boolean({ doc: '' }) }, { title: 't' } as never)],
    ['a variant whose cases are not groups', () => variant({ a: boolean({ doc: '' }) }, { doc: '' })],
  ])('%s', (_, make) => {
    expect(make).toThrow(TypeError);
  });

  test('a flag for a key that does not exist', async () => {
    const flags = [{ path: 'nope', flag: '--nope', value: '1' }];
    await expect(ConfigStore.load({ definition: shop, values: { open: true }, flags })).rejects.toThrow(TypeError);
  });
});

describe('durations', () => {
  test.each([
    ['250ms', 0.25],
    ['30s', 30],
    ['5m', 300],
    ['1.5h', 5400],
    ['0.1ms', 0.0001],
  ])('%s', (written, seconds) => expect(secondsOf(written)).toBe(seconds));

  test.each(['', '5', 's', '5 m', '-5s', '1e3s', '5M', '5d', '5ms5s'])('%j is none', (written) =>
    expect(secondsOf(written)).toBeUndefined(),
  );

  test('are shown with their unit', () => {
    expect([0, 0.25, 90].map(durationText)).toEqual(['0 s', '250 ms', '90 s']);
  });
});

test('two different paths have different texts', () => {
  expect(pathText(['tools', 'a.b', 'args', '2'])).toBe('tools["a.b"].args[2]');
});

test.each([
  ['text()', () => text(undefined as never)],
  ['secret', () => secret(undefined as never)],
  ['integer()', () => integer(undefined as never)],
  ['number()', () => number(null as never)],
  ['duration()', () => duration(undefined as never)],
  ['choice()', () => choice(['a'], undefined as never)],
  ['boolean', () => boolean(undefined as never)],
  ['list', () => list(text({ doc: 'x' }), undefined as never)],
  ['map()', () => map(text({ doc: 'x' }), undefined as never)],
  ['group()', () => group(undefined as never, { doc: 'x' })],
  ['group()', () => group({}, undefined as never)],
  ['variant()', () => variant({}, undefined as never)],
  ['text()', () => text({ doc: 'x', pattern: 'a+' as never })],
  ['defineConfig()', () => defineConfig(undefined as never, { title: 'x', envPrefix: 'X' })],
  ['defineConfig()', () => defineConfig({}, undefined as never)],
])('%s without what it needs says so, for callers without TypeScript', (_, build) => {
  expect(build).toThrow(/ needs /);
  expect(build).not.toThrow(/Cannot/);
});

test('a load without a definition says what makes one', async () => {
  await expect(ConfigStore.load(undefined as never)).rejects.toThrow('ConfigStore.load() needs');
  await expect(ConfigStore.load({} as never)).rejects.toThrow('defineConfig()');
});
