import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { pnpmIn } from './pnpm.ts';
import type { Manifest } from './publishable-packages.ts';
import { mustRun } from '../run-program.ts';

export interface Tarball {
  readonly name: string;
  /** Absolute path of the .tgz. */
  readonly file: string;
  /** Paths inside the package, sorted. */
  readonly paths: readonly string[];
  /** Where it lies unpacked. */
  readonly folder: string;
  readonly manifest: Manifest;
}

const root = process.cwd();
const rootFiles = new Set(['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']);
/** What a package ships beside code, and means to. */
const folders: Readonly<Record<string, readonly string[]>> = {
  '@mcp/server': ['schema'],
  '@mcp/metrics': ['observability'],
};
const alwaysShipped = ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts', 'src/index.ts'];
const shippedBy: Readonly<Record<string, readonly string[]>> = {
  '@mcp/server': ['index.html', 'main.js', 'third-party-licenses.txt'].map((file) => `dist/dashboard/${file}`),
};
const neverShipped = [
  /^(?:dist|src)\/.*\.(?:test|test-d|bench|property)\./u,
  /^(?:dist|src)\/(?:.*\/)?(?:test-support|fixtures|__snapshots__)\//u,
  /\.tsbuildinfo$/u,
];

/** Packs every named package with pnpm, which replaces `workspace:` and `catalog:`, and unpacks it for inspection. */
export async function packAll(names: readonly string[], into: string): Promise<Tarball[]> {
  const { stdout } = await pnpmIn(names, ['pack', '--json', '--pack-destination', into]);
  const packed = JSON.parse(stdout) as { name: string; filename: string }[];
  return Promise.all(packed.map(({ name, filename }) => unpack(name, filename, into)));
}

async function unpack(name: string, file: string, into: string): Promise<Tarball> {
  const { stdout } = await mustRun('tar', ['-tzf', file]);
  const folder = `${file}.unpacked`;
  await mustRun('mkdir', ['-p', folder]);
  await mustRun('tar', ['-xzf', file, '-C', folder, '--strip-components=1'], { cwd: into });
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const paths = stdout
    .split('\n')
    .filter((path) => path !== '' && !path.endsWith('/'))
    .map((path) => path.replace(/^package\//u, ''))
    .sort();
  return { name, file, paths, folder, manifest };
}

/** Throws unless the tarball holds what a user needs and nothing else. */
export function checkContents({ name, paths, folder }: Tarball): void {
  const inside = new Set(paths);
  const problems: string[] = [];
  for (const path of [...alwaysShipped, ...(shippedBy[name] ?? [])]) {
    if (!inside.has(path)) problems.push(`${path} is missing`);
  }
  for (const path of paths) {
    if (neverShipped.some((pattern) => pattern.test(path)))
      problems.push(`${path} is a test or a leftover and must not be shipped`);
    else if (path.startsWith('dist/')) problems.push(...problemsOfOutput(path, inside, folder));
    else if (!mayBeBeside(name, path)) problems.push(`${path} does not belong in the package`);
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

function mayBeBeside(name: string, path: string): boolean {
  const allowed = ['src', 'docs', ...(folders[name] ?? [])];
  return rootFiles.has(path) || allowed.some((folder) => path.startsWith(`${folder}/`));
}

/** Static files of the private package @mcp/dashboard, copied into the server's dist; their source map holds the sources. */
const DASHBOARD = 'dist/dashboard/';

/** A file of dist is a declaration or a copy of the file of the same name in src, or a bundle whose source map leads there. */
function problemsOfOutput(path: string, inside: ReadonlySet<string>, folder: string): string[] {
  if (path.startsWith(DASHBOARD)) return [];
  if (path.endsWith('.map')) {
    const { sources } = JSON.parse(readFileSync(join(folder, path), 'utf8')) as { sources: string[] };
    const lost = sources
      .map((source) => posix.join(posix.dirname(path), source))
      .filter((source) => !inside.has(source));
    return lost.map((source) => `${path} points at ${source}, which is not in the package`);
  }
  if (path.endsWith('.js') && inside.has(`${path}.map`)) return [];
  const compiled = path.replace(/^dist\//u, 'src/').replace(/(?:\.d)?\.[jt]s$/u, '.ts');
  const copied = path.replace(/^dist\//u, 'src/');
  return inside.has(compiled) || inside.has(copied) ? [] : [`${path} comes from no file in src`];
}

/** Throws when the manifest as users get it lacks something or still speaks of this workspace. */
export function checkManifest({ manifest }: Tarball): void {
  const problems: string[] = [];
  const fields = manifest as unknown as Record<string, unknown>;
  for (const field of ['description', 'keywords', 'license', 'engines', 'exports', 'files']) {
    if (fields[field] === undefined) problems.push(`no "${field}"`);
  }
  for (const [name, range] of Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    if (/^(?:workspace|catalog|file|link):/u.test(range)) problems.push(`${name} is asked for as ${range}`);
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/** publint and attw look at the tarball itself, as npm would serve it. */
export async function checkWithPublint({ file }: Tarball): Promise<void> {
  await mustRun(tool('publint'), ['run', file, '--strict']);
}

export async function checkWithAttw({ file }: Tarball): Promise<void> {
  await mustRun(tool('attw'), [file, '--profile', 'esm-only', '--no-definitely-typed', '--no-color', '--no-emoji']);
}

function tool(name: string): string {
  const path = join(root, 'node_modules', '.bin', name);
  if (!existsSync(path)) throw new Error(`${name} is not installed: run npx -y pnpm@12.21.0 install`);
  return path;
}
