/** What a reader of each published README has to find, and what it must not promise. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { publishablePackages } from '../packages/publishable-packages.ts';

const readmes = publishablePackages().map(({ folder, manifest }) => ({
  name: manifest.name,
  text: readFileSync(join(folder, 'README.md'), 'utf8').replaceAll(/\s+/gu, ' '),
}));

test.each(readmes)('$name: how to install it from a clone, and from npm once it is there', ({ name, text }) => {
  expect(text).toMatch(/not on npm yet|not published yet|published, not yet/);
  expect(text).toContain(`npm install ${name}\``);
  expect(text).toContain('npx -y pnpm@');
});

test.each(readmes)('$name: the oldest Node that it runs on', ({ text }) => {
  expect(text).toMatch(/Node 22\.18/);
});

test.each(readmes)('$name: no absolute words', ({ text }) => {
  expect(text.match(/\b(?:never|always|impossible|no tool can|bulletproof|100 %)\b[^.]*/giu)).toBeNull();
});
