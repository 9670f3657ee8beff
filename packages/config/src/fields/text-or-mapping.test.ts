import { expect, test } from 'vitest';
import { ConfigStore, defineConfig, jsonSchemaOf, list, MemorySource, textOrMapping } from '../index.ts';

const item = textOrMapping('literal', { doc: 'An item.', maxLength: 5, mappingDoc: 'for plain text' });
const definition = defineConfig(
  { items: list(item, { doc: 'Items.', default: [] }) },
  { title: 'Items', envPrefix: 'TEST' },
);
const load = (text: string): Promise<unknown> =>
  ConfigStore.load({ definition, source: new MemorySource(text, 'a.yaml') }).then(
    ({ snapshot }) => snapshot.values.items,
  );

test('a text or a mapping with one key is accepted', async () => {
  expect(await load('items: [a, { literal: "{b}" }]')).toEqual(['a', { literal: '{b}' }]);
});

test.each(['[7]', '[{ literal: 7 }]', '[{ other: a }]', '[{ literal: abcdef }]', '[[a]]'])(
  '%s is refused',
  async (items) => {
    await expect(load(`items: ${items}`)).rejects.toThrow('items[0]');
  },
);

test('the JSON Schema describes both', () => {
  expect(JSON.stringify(jsonSchemaOf(definition))).toContain('"anyOf":[{"type":"string"');
});
