/** What the upgrade guide says of configuration and variables, tried on the configuration itself. */
import { readFileSync } from 'node:fs';
import { serverConfigDefinition } from '../../apps/server/src/configuration/server-definition.ts';
import { ConfigError, ConfigStore, MemorySource } from '../../packages/config/src/index.ts';
import { expect, test } from 'vitest';
import { codeBlocks } from './markdown.ts';

const file = 'docs/upgrading-from-the-ancestor.md';
const guide = readFileSync(file, 'utf8');
const rows = (heading: string): string[][] =>
  (guide.split(heading)[1]?.split('\n\n| ')[1]?.split('\n\n')[0] ?? '')
    .split('\n')
    .slice(2)
    .map((row) => [...row.matchAll(/`(?<code>[^`]+)`/gu)].map(([, code = '']) => code));

function load(yaml: string, env: Record<string, string> = {}) {
  return ConfigStore.load({ definition: serverConfigDefinition, source: new MemorySource(yaml), env });
}

test('the file in the old format loads, with a remark on its log format and its open address only', async () => {
  await using store = await load(codeBlocks(file, 'yaml')[0]?.text ?? '');
  expect(store.snapshot.values).toMatchObject({ security: { concurrencyLimit: 2 }, metrics: { prometheusPort: 9090 } });
  expect(store.notices.map(({ message }) => message)).toEqual([
    "a Python format string means 'pretty' here",
    'the server listens on 0.0.0.0, which other machines can reach',
  ]);
});

const refused = rows('changed these without a word').map(([line = '']) => line);

test.each(refused)('%s is refused', async (line) => {
  await expect(load(line)).rejects.toBeInstanceOf(ConfigError);
});

const variables = rows('The others it read').map(([variable = '', key = '']) => ({ variable, key }));

const usableValues = [
  { ending: 'LEVEL', value: 'DEBUG' },
  { ending: 'FORMAT', value: 'pretty' },
  { ending: 'CLUDE', value: 'a*' },
  { ending: 'BYTES', value: '2048' },
];

test.each(variables)('$variable still sets $key', async ({ variable, key }) => {
  const usable = usableValues.find(({ ending }) => variable.endsWith(ending))?.value ?? '7';
  await using store = await load('{}', { [variable]: usable });
  expect(store.snapshot.origin(key)).toMatchObject({ variable });
});

const gone = rows('No longer read').map(([variable = '']) => variable);

test.each(gone)('%s has no effect, and a remark says what to do', async (variable) => {
  await using store = await load('{}', { [variable]: '7' });
  const remark = store.notices.find(({ origin }) => origin?.source === 'environment' && origin.variable === variable);
  expect(remark?.message).toMatch(/:/u);
});

test('the tables are really read', () => {
  expect([refused.length, variables.length, gone.length]).toEqual([7, 8, 4]);
});
