import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { serverLayers } from '../layers.ts';
import { codeBlocks, documents, localLinks } from './markdown.ts';

const { packageManager, scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  packageManager: string;
  scripts: Record<string, string>;
};
const { catalog } = load(readFileSync('pnpm-workspace.yaml', 'utf8')) as { catalog: Record<string, string> };
/** Built, not in git, or a name to fill in. */
const PLACEHOLDER = /\/(?:dist|NAME|api)(?:\/|$)|\/NAME\./u;
const pnpmOwn = new Set(['install', 'exec', 'changeset']);
const pnpmOwnOfPackages = new Set(['pack', 'publish']);

test.each(documents())('%s: every link to a file of this repository leads somewhere', (file) => {
  expect(localLinks(file).filter((path) => !existsSync(path))).toEqual([]);
});

test.each(documents().flatMap((file) => codeBlocks(file, 'json')))('$file:$line is JSON', ({ text }) => {
  expect(() => JSON.parse(text) as unknown).not.toThrow();
});

test.each(documents().flatMap((file) => codeBlocks(file, 'yaml')))('$file:$line is YAML', ({ text }) => {
  expect(load(text)).toBeTypeOf('object');
});

test('the README is read to its end', () => {
  expect(readFileSync('README.md', 'utf8').split('\n').length).toBeLessThanOrEqual(151);
});

test('every document names the pnpm that package.json asks for', () => {
  const files = [...documents(), ...globSync('{.github/workflows/*.yml,.ci/run}')];
  const named = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/pnpm@[\d.]*\d/gu)].map(([version]) => ({ file, version })),
  );
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter(({ version }) => version !== packageManager)).toEqual([]);
});

test('every command that a document tells people to type exists', () => {
  const commands = documents()
    .flatMap((file) => codeBlocks(file, 'sh', 'bash'))
    .flatMap(({ file, text }) => text.split('\n').map((line) => ({ file, line: line.split(' #')[0]?.trim() ?? '' })));
  const unknown = commands.filter(({ line }) => {
    const [program, ...words] = line.split(/\s+/u);
    if (program === 'node') return !words.some((word) => existsSync(sourceOf(word)));
    if (program !== 'npx' || words[1] !== packageManager) return false;
    const [verb = '', name = '', second = '', third = ''] = words.slice(2);
    if (verb === '--filter') {
      // 'NAME...' is the package with what it needs.
      const scriptsThere = scriptsOf(name.replaceAll(/^'|(?:\.\.\.)?'$/gu, ''));
      return (
        !(scriptsThere.length > 0 && pnpmOwnOfPackages.has(second)) &&
        !scriptsThere.includes(second === 'run' ? third : second)
      );
    }
    return !pnpmOwn.has(verb) && !(verb === 'run' ? name in scripts : verb in scripts);
  });
  expect(unknown).toEqual([]);
});

test('docs/dependencies.md gives a reason for every version in the catalog, and for nothing else', () => {
  const lines = readFileSync('docs/dependencies.md', 'utf8').matchAll(/^- (?<names>.+?): /gmu);
  const explained = [...lines].flatMap(({ groups }) => [...(groups?.['names'] ?? '').matchAll(/`(?<name>[^`]+)`/gu)]);
  const names = explained.map(({ groups }) => groups?.['name'] ?? '');
  const stands = (name: string, catalogued: string): boolean =>
    name.endsWith('/*') ? catalogued.startsWith(name.slice(0, -1)) : name === catalogued;
  const all = Object.keys(catalog);
  expect(all.filter((each) => !names.some((name) => stands(name, each)))).toEqual([]);
  expect(names.filter((name) => !all.some((each) => stands(name, each)))).toEqual([]);
});

test.each(documents())('%s: every path of this repository that is written as code exists', (file) => {
  const named = readFileSync(file, 'utf8').matchAll(
    /`(?<path>(?:packages|apps|scripts|docs|e2e|examples|benchmarks|deploy|templates)\/[\w./-]+)`/gu,
  );
  const paths = [...named].map(({ groups }) => groups?.['path'] ?? '');
  expect(paths.filter((path) => !PLACEHOLDER.test(path) && !existsSync(path))).toEqual([]);
});

test('every decision is in the list of decisions', () => {
  const records = globSync('docs/adr/[0-9]*.md').sort();
  expect(localLinks('docs/adr/README.md').filter((path) => records.includes(path))).toEqual(records);
});

test('ARCHITECTURE.md draws the layers that the boundary check enforces, in the same order', () => {
  const table =
    readFileSync('ARCHITECTURE.md', 'utf8')
      .split(/^\| layer /mu)[1]
      ?.split('\n\n')[0] ?? '';
  const drawn = table.split('\n').flatMap((row) => {
    const [, layer = [], parts = []] = row
      .split('|')
      .map((cell) => [...cell.matchAll(/`([^`]+)`/gu)].map(([, name]) => name));
    return [...layer, ...parts.map((part) => `${layer[0]}/${part}`)];
  });
  expect(drawn).toEqual(serverLayers);
  expect(serverLayers.filter((layer) => !existsSync(join('apps/server/src', layer)))).toEqual([]);
});

test('every action of a workflow is pinned to a commit, with its version beside it', () => {
  const uses = globSync('.github/workflows/*.yml').flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.includes('uses:')),
  );
  expect(uses.length).toBeGreaterThan(0);
  expect(uses.filter((line) => !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/u.test(line))).toEqual([]);
});

test.each(globSync('.github/**/*.yml'))('%s is YAML', (file) => {
  expect(load(readFileSync(file, 'utf8'))).toBeTypeOf('object');
});

/** dist/x.js is there only after a build; what must exist is what it is made of. */
function sourceOf(path: string): string {
  return path.replace('/dist/', '/src/').replace(/\.js$/u, '.ts');
}

function scriptsOf(packageName: string): string[] {
  const manifests = globSync('{packages,apps,templates}/*/package.json').map(
    (file) => JSON.parse(readFileSync(file, 'utf8')) as { name: string; scripts: Record<string, string> },
  );
  return Object.keys(manifests.find(({ name }) => name === packageName)?.scripts ?? {});
}
