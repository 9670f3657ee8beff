/**
 * How long a load takes: text -> tree with places -> checked values, for a definition of 8 sections with 25 keys each.
 * Run: node --conditions=@mcp/source benchmarks/config/load.ts
 */
import { ConfigStore, MemorySource, defineConfig, group, integer, text } from '@mcp/config';
import type { Field } from '@mcp/config';

const ROUNDS = 400;
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
const source = new MemorySource(`${lines.join('\n')}\n`);

async function measure(): Promise<number> {
  const start = performance.now();
  await using store = await ConfigStore.load({ definition, source });
  if (store.snapshot.origin('sectionH.keyY').source !== 'file') throw new Error('the value has no place');
  return performance.now() - start;
}

const times: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) times.push(await measure());
const sorted = times.slice(ROUNDS / 4).sort((a, b) => a - b);
const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(2);
console.log(
  `load + locate + validate, 200 leaves: median ${at(0.5)} ms, p95 ${at(0.95)} ms; first load ${(times[0] ?? 0).toFixed(1)} ms`,
);
