import { expect, test } from 'vitest';

import { defineConfig } from '../define-config.ts';
import { jsonSchemaOf } from '../describe/json-schema.ts';
import { ConfigStore } from '../store/config-store.ts';
import { MemorySource } from '../store/memory-source.ts';
import { group } from './composite-fields.ts';
import { integer } from './number-fields.ts';
import { bytesOf, size, sizeText } from './size.ts';
import { orWord } from './word-fields.ts';

const memory = size({
  doc: 'Memory.',
  min: 1024,
  max: 2 ** 40,
  textUnit: 'MiB',
  default: 2 ** 20,
  variables: ['OLD_MB'],
});
const definition = defineConfig(
  {
    limits: group(
      { memory: orWord(memory, 'none'), files: orWord(integer({ doc: 'Files.', min: 1, max: 9, default: 5 }), 'none') },
      { doc: 'Limits.' },
    ),
  },
  { title: 'Limits', envPrefix: 'TEST' },
);
const load = async (limits: string, env = {}): Promise<unknown> =>
  (await ConfigStore.load({ definition, env, source: new MemorySource(`limits: ${limits}`, 'a.yaml') })).snapshot.values
    .limits;

test.each([
  ['1', undefined],
  ['64MiB', 64 * 2 ** 20],
  ['1.5GB', 1_500_000_000],
  ['2 KiB', 2048],
  ['7B', 7],
  ['1TB', undefined],
  ['-1MB', undefined],
])('%s is %s bytes', (text, bytes) => {
  expect(bytesOf(text)).toBe(bytes);
});

test.each([
  [2 ** 30, '1 GiB'],
  [1536 * 2 ** 10, '1536 KiB'],
  [1000, '1000 B'],
  [0, '0 B'],
])('%s bytes are shown as %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});

test('a size is bytes or a text with a unit, and a word may stand in its place', async () => {
  expect(await load('{}')).toEqual({ memory: 2 ** 20, files: 5 });
  expect(await load('{ memory: 4KiB, files: none }')).toEqual({ memory: 4096, files: 'none' });
  expect(await load('{ memory: none, files: 3 }')).toEqual({ memory: 'none', files: 3 });
});

test('in a variable a number without a unit counts in the unit of the field', async () => {
  expect(await load('{}', { OLD_MB: '512' })).toMatchObject({ memory: 512 * 2 ** 20 });
  expect(await load('{}', { TEST_LIMITS_MEMORY: '1GiB' })).toMatchObject({ memory: 2 ** 30 });
  expect(await load('{}', { TEST_LIMITS_MEMORY: 'none' })).toMatchObject({ memory: 'none' });
});

test.each(['{ memory: 12 }', '{ memory: much }', '{ memory: 5TiB }', '{ memory: 1.5 }', '{ files: nothing }'])(
  '%s is refused with what is accepted',
  async (limits) => {
    await expect(load(limits)).rejects.toThrow(/or 'none'/);
  },
);

test('the JSON Schema describes all forms', () => {
  expect(JSON.stringify(jsonSchemaOf(definition))).toContain('{"const":"none"}');
});

test('a word can only replace a single value', () => {
  expect(() => orWord(group({}, { doc: 'Group.' }), 'none')).toThrow('a field of one value');
});
