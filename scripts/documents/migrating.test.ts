/** The migration guide's statements about configuration and variables, tested with the configuration itself. */
import { readFileSync } from 'node:fs';
import { serverConfigDefinition } from '../../apps/server/src/configuration/server-definition.ts';
import { ConfigError, ConfigStore, MemorySource } from '../../packages/config/src/index.ts';
import { expect, test } from 'vitest';
import { codeBlocks } from './markdown.ts';

const file = 'docs/migrating-from-python.md';
const guide = readFileSync(file, 'utf8');
const rows = (heading: string): string[][] =>
  (guide.split(heading)[1]?.split('\n\n| ')[1]?.split('\n\n')[0] ?? '')
    .split('\n')
    .slice(2)
    .map((row) => [...row.matchAll(/`(?<code>[^`]+)`/gu)].map(([, code = '']) => code));

function load(yaml: string, env: Record<string, string> = {}) {
  return ConfigStore.load({ definition: serverConfigDefinition, source: new MemorySource(yaml), env });
}

test('the file in the old format loads, with notices about its log format and its address only', async () => {
  await using store = await load(codeBlocks(file, 'yaml')[0]?.text ?? '');
  expect(store.snapshot.values).toMatchObject({ security: { concurrencyLimit: 2 }, metrics: { prometheusPort: 9090 } });
  expect(store.notices.map(({ message }) => message)).toEqual([
    "a Python format string means 'pretty' here",
    'the server listens on 0.0.0.0, which other machines can reach',
  ]);
});

const rejected = rows('silently changed the following').map(([line = '']) => line);

test.each(rejected)('%s is rejected', async (line) => {
  await expect(load(line)).rejects.toBeInstanceOf(ConfigError);
});

test.each([
  'metrics: { enabled: yes }',
  'server: { port: "8080" }',
  'a: &a { port: 8080 }\nserver: *a',
  'server:\n  <<: { port: 8080 }',
  '# only a comment\n',
  'database: { url: "sqlite:///name.db" }',
  'server: { workers: 4 }',
  'security: { secret_key: a-key }',
])('what loads in Python is rejected: %s', async (yaml) => {
  await expect(load(yaml)).rejects.toBeInstanceOf(ConfigError);
});

test.each(['server: { transport: HTTP }', 'logging: { level: FATAL }', 'logging: { level: NOTSET }'])(
  'the spelling of the Python version loads: %s',
  async (yaml) => {
    await using store = await load(yaml);
    expect(store.snapshot.version).toBe(1);
  },
);

const variables = rows('The Python version read these others').map(([variable = '', key = '']) => ({ variable, key }));

const usableValues = [
  { suffix: 'LEVEL', value: 'DEBUG' },
  { suffix: 'FORMAT', value: 'pretty' },
  { suffix: 'CLUDE', value: 'a*' },
  { suffix: 'BYTES', value: '2048' },
  { suffix: 'MEMORY_MB', value: '512' },
  { suffix: 'DESCRIPTORS', value: '64' },
];

test.each(variables)('$variable still sets $key', async ({ variable, key }) => {
  const usable = usableValues.find(({ suffix }) => variable.endsWith(suffix))?.value ?? '7';
  await using store = await load('{}', { [variable]: usable });
  expect(store.snapshot.origin(key)).toMatchObject({ variable });
});

const removed = rows('No longer read').map(([variable = '']) => variable);

test.each(removed)('%s has no effect, and a notice says what to do', async (variable) => {
  await using store = await load('{}', { [variable]: '7' });
  const notice = store.notices.find(({ origin }) => origin?.source === 'environment' && origin.variable === variable);
  expect(notice?.message).toMatch(/:/u);
});

test('every row of the tables is tested', () => {
  expect([rejected.length, variables.length, removed.length]).toEqual([7, 10, 2]);
});
