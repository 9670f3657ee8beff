// How long does a load take: text, tree with places, checked values, for a definition of 8 sections with 25 keys each?
import { ConfigStore, MemorySource, defineConfig, group, integer, text } from '@mcp/config';
import type { Field } from '@mcp/config';
import { load } from 'js-yaml';
import { paired } from '../harness/paired.ts';

const sections = Array.from({ length: 8 }, (_, index) => `section${String.fromCharCode(65 + index)}`);
const keys = Array.from({ length: 25 }, (_, index) => `key${String.fromCharCode(65 + index)}`);

const section = (): Field<object> => {
  const fields = keys.map((key, index): [string, Field<string> | Field<number>] => [
    key,
    index % 2 === 0 ? integer({ doc: 'A number.', min: 0, max: 1000 }) : text({ doc: 'A text.' }),
  ]);
  return group<Record<string, unknown>>(Object.fromEntries(fields), { doc: 'A section.' });
};

const definition = defineConfig(Object.fromEntries(sections.map((name) => [name, section()])), {
  title: 'Benchmark',
  envPrefix: 'BENCH',
});
const lines = sections.flatMap((name) => [
  `${name}:`,
  ...keys.map((key, index) => `  ${key}: ${index % 2 === 0 ? index : `"text ${index}"`}`),
]);
const yaml = `${lines.join('\n')}\n`;
const source = new MemorySource(yaml);

await paired(
  { title: 'Load and check 200 values', file: import.meta.url, unit: 'ms', rounds: 5 },
  {
    batch: 1,
    samples: 100,
    baseline: [
      'js-yaml, which parses only',
      () => () => {
        if (Object.keys(load(yaml) as object).length !== sections.length) throw new Error('sections are missing');
      },
    ],
    candidates: {
      '@mcp/config: parse, locate, check, freeze': () => async () => {
        await using store = await ConfigStore.load({ definition, source });
        if (store.snapshot.origin('sectionH.keyY').source !== 'file') throw new Error('the value has no place');
      },
    },
  },
);
