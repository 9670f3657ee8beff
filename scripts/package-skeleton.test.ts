// All packages have the files and habits of templates/hello-package, which templates/README.md describes.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';

interface Manifest {
  readonly private?: boolean;
  readonly scripts: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly engines: unknown;
}

const TEMPLATE = 'templates/hello-package';
const PUBLIC_TEST_SUPPORT = new Set(['packages/tool-base']);

const packages = globSync('packages/*/package.json').map((file) => dirname(file));
const published = packages.filter((folder) => manifestOf(folder).private !== true);
const sources = globSync('{packages,apps}/*/src/**/*.ts').sort();

test.each(published)('%s has the files of the template', (folder) => {
  const expected = globSync('{*,src/clock.ts,src/index.ts,src/test-support/manual-clock.ts}', { cwd: TEMPLATE }).filter(
    (file) => !['dist', 'node_modules', 'src'].includes(file),
  );
  expect(expected).toContain('LICENSE');
  expect(expected.filter((file) => !existsSync(join(folder, file)))).toEqual([]);
  for (const file of ['LICENSE', 'tsconfig.build.json']) expect(read(folder, file)).toBe(read(TEMPLATE, file));
});

test.each(published)('%s: package.json has the fields and scripts of the template', (folder) => {
  const [manifest, template] = [manifestOf(folder), manifestOf(TEMPLATE)];
  const fields = Object.keys(template);
  expect(Object.keys(manifest).filter((field) => fields.includes(field))).toEqual(fields);
  expect(manifest.engines).toEqual(template.engines);
  expect(manifest.scripts).toMatchObject({ ...template.scripts, build: expect.any(String) });
  // A package with several entries names more files.
  expect(manifest.scripts['build']).toMatch(
    /^node \.\.\/\.\.\/scripts\/bundle\.ts src\/index\.ts.* && tsc -p tsconfig\.build\.json$/u,
  );
  expect(manifest.files).toEqual(expect.arrayContaining([...template.files]));
  expect(manifest.files.includes('docs')).toBe(existsSync(join(folder, 'docs')));
});

test.each(published)('%s: tsconfig.json and vitest.config.ts have the settings of the template', (folder) => {
  const [config, template] = [folder, TEMPLATE].map((path) => JSON.parse(read(path, 'tsconfig.json')) as object);
  expect(config).toMatchObject({ ...template, include: expect.arrayContaining(['src', 'vitest.config.ts']) });
  const vitest = read(folder, 'vitest.config.ts');
  expect(vitest).toContain(read(TEMPLATE, 'vitest.config.ts').split('export default')[0]);
  expect(vitest).toContain(`name: '${basename(folder)}'`);
  expect(vitest).toContain('isolate: false');
  expect(vitest).toContain('restoreMocks: true');
});

test.each([...packages, 'apps/server'])('%s has the clock and the fake clock of the template', (folder) => {
  const clock = (path: string): string | undefined =>
    /interface Clock \{[^}]*\}/u.exec(withoutComments(read(path, 'clock.ts')))?.[0].replaceAll(/\s+/gu, ' ');
  const [template, own] = [`${TEMPLATE}/src`, `${folder}/${folder === 'apps/server' ? 'src/foundation' : 'src'}`];
  expect(clock(template)).toBeDefined();
  expect(clock(own)).toBe(clock(template));
  const fake = 'test-support/manual-clock.ts';
  expect(read(own, fake)).toBe(read(template, fake));
});

test.each([...packages, 'apps/server'])('%s keeps its test support in folders named test-support', (folder) => {
  const others = globSync('{test,tests,__tests__,src/**/{test,tests,testing,__tests__,mocks,fixtures}}', {
    cwd: folder,
  });
  expect(others).toEqual(PUBLIC_TEST_SUPPORT.has(folder) ? ['src/testing'] : []);
});

test('the name of an error class ends in Error', () => {
  const classes = sources.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/class (?<name>\w+) extends \w*Error\b/gu)].map(
      ({ groups }) => `${groups?.['name']} in ${file}`,
    ),
  );
  expect(classes.length).toBeGreaterThan(5);
  expect(classes.filter((name) => !/^\w+Error in /u.test(name))).toEqual([]);
});

test('constants of a file with a primitive value are in capitals', () => {
  const declaration =
    /^(?:export )?const (?<name>[a-z]\w*)(?:: (?:string|number|boolean|bigint))? = (?:-?[\d._]+n?(?: [*+-] [\d._]+)*|'[^']*'|"[^"]*"|`[^`$]*`|true|false);$/gmu;
  expect(findAll(declaration)).toEqual([]);
});

test('documentation comments use @default and @throws {Error}', () => {
  expect(findAll(/^\s*(?:\/\*\*|\*).*(?<name>\bDefault(?:s to|:| is| `| \d)|[;,] default [\d'"`]).*$/gmu)).toEqual([]);
  expect(findAll(/(?<name>@throws (?!\{|the |whatever |what )\S+)/gu)).toEqual([]);
});

function findAll(pattern: RegExp): string[] {
  return sources.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(pattern)].map(({ groups }) => `${groups?.['name']} in ${file}`),
  );
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(read(folder, 'package.json')) as Manifest;
}

function read(folder: string, file: string): string {
  return readFileSync(join(folder, file), 'utf8');
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/gu, '');
}
