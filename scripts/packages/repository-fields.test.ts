import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { expect, test } from 'vitest';

import { localLinks } from '../documents/markdown.ts';
import { publishablePackages } from './publishable-packages.ts';
import { REPOSITORY_PLACEHOLDER, repositoryProblems } from './repository-fields.ts';

const packages = publishablePackages();

test.each(packages)('$folder names the repository, and its folder there', (published) => {
  expect(repositoryProblems(published)).toEqual([]);
});

test('a manifest without the fields, or of another folder, is a problem', () => {
  const manifest = { name: 'a', version: '1.0.0', files: [] };
  expect(repositoryProblems({ folder: 'packages/a', manifest })).toHaveLength(3);
  const moved = packages.slice(0, 1).map((published) => ({ ...published, folder: 'packages/elsewhere' }));
  expect(moved.flatMap(repositoryProblems)).toHaveLength(2);
});

test('the release workflow refuses the placeholder before it packs', () => {
  const workflow = readFileSync('.github/workflows/release.yml', 'utf8');
  const at = workflow.indexOf('node scripts/check-repository.ts');
  expect(at).toBeGreaterThan(0);
  expect(at).toBeLessThan(workflow.indexOf('changesets/action/pack@'));
  expect(REPOSITORY_PLACEHOLDER).toContain('OWNER');
});

test.each(packages)('the README of $folder links to nothing outside of its tarball', ({ folder, manifest }) => {
  const readme = join(folder, 'README.md');
  const shipped = (path: string): boolean =>
    manifest.files.some((entry) => path === join(folder, entry) || path.startsWith(`${join(folder, entry)}/`)) ||
    (dirname(path) === folder && /^(?:README|LICENSE)/u.test(path.slice(folder.length + 1)));
  expect(localLinks(readme).filter((path) => !shipped(path))).toEqual([]);
});
