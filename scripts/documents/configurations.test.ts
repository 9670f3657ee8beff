/** Every YAML block of a document is a configuration that the server accepts, or named here. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ConfigStore, MemorySource } from '../../packages/config/src/index.ts';
import { afterAll, expect, test } from 'vitest';

import { serverConfigDefinition } from '../../apps/server/src/configuration/server-definition.ts';
import { codeBlocks, documents } from './markdown.ts';

/** By how they begin. */
const others = ['scrape_configs:'];
const blocks = documents().flatMap((file) => codeBlocks(file, 'yaml'));
const folder = mkdtempSync(join(tmpdir(), 'configurations-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a reader has or fills in: files and folders that must exist, and secrets. */
function filledIn(text: string): string {
  return text
    .replaceAll(/(?<=: \[)\/(?:etc|srv)\/[\w./-]+(?=\])/gu, (path) => {
      const own = join(folder, path);
      mkdirSync(own, { recursive: true });
      return own;
    })
    .replaceAll("'...'", `'${'0123456789abcdef'.repeat(2)}'`);
}

test.each(blocks.filter(({ text }) => !others.some((start) => text.startsWith(start))))(
  '$file:$line is a configuration of the server',
  async ({ text }) => {
    const source = new MemorySource(filledIn(text));
    await using store = await ConfigStore.load({ definition: serverConfigDefinition, source, env: {} });
    expect(store.snapshot.version).toBe(1);
  },
);

test('what is no configuration of the server is in a document', () => {
  expect(others.filter((start) => !blocks.some(({ text }) => text.startsWith(start)))).toEqual([]);
});
