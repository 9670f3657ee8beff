/** Settings of the workspace that a mistake would break without anybody noticing. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, matchesGlob } from 'node:path';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { installedWith } from './packages/installed-with.ts';
import { publishablePackages } from './packages/publishable-packages.ts';

interface PackageManifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const { catalog } = load(readFileSync('pnpm-workspace.yaml', 'utf8')) as { catalog: Record<string, string> };
const published = publishablePackages().flatMap(({ manifest }) => Object.entries(manifest.dependencies ?? {}));

test('a published package depends on ranges, so that users get fixes of dependencies without a release of ours', () => {
  const external = published.filter(([name]) => !name.startsWith('@mcp/'));
  expect(external.length).toBeGreaterThan(0);
  expect(external.filter(([name, range]) => range !== 'catalog:' || !catalog[name]?.startsWith('^'))).toEqual([]);
});

test('a published package depends on a range of another package of this repository', () => {
  const internal = published.filter(([name]) => name.startsWith('@mcp/'));
  expect(internal.length).toBeGreaterThan(0);
  expect(internal.filter(([, range]) => range !== 'workspace:^')).toEqual([]);
});

test('a dependency that is not published is exact', () => {
  const names = new Set(published.map(([name]) => name));
  const others = Object.entries(catalog).filter(([name]) => !names.has(name));
  expect(others.filter(([, version]) => !/^(?:npm:typescript@)?\d/u.test(version))).toEqual([]);
});

test('a package is built and type-checked again when a package that it imports has changed', () => {
  const { tasks } = JSON.parse(readFileSync('turbo.json', 'utf8')) as {
    tasks: Record<string, { dependsOn?: string[] }>;
  };
  expect(tasks['build']?.dependsOn).toContain('^build');
  // Type checks read the sources of other packages, whose hashes count only through this dependency.
  expect(tasks['typecheck']?.dependsOn).toContain('^typecheck');
});

test('what is type-checked is checked again when a file outside its package that it imports has changed', () => {
  const { tasks } = JSON.parse(readFileSync('turbo.json', 'utf8')) as { tasks: Record<string, { inputs?: string[] }> };
  const unseen: string[] = [];
  let outside = 0;
  for (const manifestFile of globSync('{packages/*,apps/*,e2e,examples,benchmarks,deploy}/package.json')) {
    const folder = dirname(manifestFile);
    const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as PackageManifest;
    const inputs = (tasks[`${manifest.name}#typecheck`] ?? tasks['typecheck'])?.inputs ?? [];
    const dependencies = { ...manifest.dependencies, ...manifest.devDependencies };
    for (const file of globSync(`${folder}/**/*.ts`, { exclude: ['**/node_modules/**', '**/dist/**'] })) {
      for (const target of relativeImportsOf(file)) {
        if (target.startsWith(`${folder}/`)) continue;
        outside += 1;
        const isDependency = Object.keys(dependencies).some((name) => target.startsWith(`${folderOf(name)}/`));
        const isInput = inputs.some((input) => matchesGlob(target, input.replace('$TURBO_ROOT$/', '')));
        if (!isDependency && !isInput) unseen.push(`${file} imports ${target}`);
      }
    }
  }
  expect(outside).toBeGreaterThan(0);
  expect(unseen).toEqual([]);
});

function relativeImportsOf(file: string): readonly string[] {
  const specifiers = readFileSync(file, 'utf8').matchAll(/(?:from |import\()'(?<specifier>\.[^']+\.ts)'/gu);
  return Array.from(specifiers, ({ groups }) => join(dirname(file), groups?.['specifier'] ?? ''));
}

function folderOf(packageName: string): string | undefined {
  if (!packageName.startsWith('@mcp/')) return undefined;
  const name = packageName.slice('@mcp/'.length);
  return ['packages', 'apps', '.'].map((parent) => join(parent, name)).find((folder) => existsSync(folder));
}

test('no script lets turbo send telemetry', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const starting = Object.values(scripts).filter((script) => /\bturbo run/u.test(script));
  expect(starting.length).toBeGreaterThan(0);
  expect(starting.filter((script) => !script.startsWith('TURBO_TELEMETRY_DISABLED=1 turbo run '))).toEqual([]);
});

test('the number of packages that come with the server is the documented one', () => {
  const documented = /`@mcp\/server` brings (?<count>\d+) packages of other projects/u.exec(
    readFileSync('docs/dependencies.md', 'utf8'),
  )?.groups?.['count'];
  const installed = installedWith('apps/server');
  expect(installed, 'change the number in docs/dependencies.md if the change is meant').toHaveLength(
    Number(documented),
  );
  expect(installed.filter((each) => /^(?:@mcp\/|typescript@)/u.test(each))).toEqual([]);
  expect(installedWith('packages/circuit-breaker')).toEqual([]);
});
