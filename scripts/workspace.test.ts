/** Settings of the workspace that a mistake would break without anybody noticing. */
import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { installedWith } from './packages/installed-with.ts';
import { publishablePackages } from './packages/publishable-packages.ts';

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
