/**
 * Rehearses a release in temporary clones: every changed package has a change note; a major of one package is one of those whose
 * public types show it, a patch of its other dependents, and raises no other; a patch raises its package alone. Nothing is published. Needs a build.
 */
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Checklist } from './checklist.ts';
import { exposedPackages, missingMajors, withExposing } from './packages/exposed-packages.ts';
import { pendingBumps } from './packages/pending-bumps.ts';
import { type Manifest, publishablePackages } from './packages/publishable-packages.ts';
import { mustRun, runProgram } from './run-program.ts';

/** Of a rehearsed note, by package. */
type Bumps = ReadonlyMap<string, 'major' | 'patch'>;

const changeset = resolve('node_modules/.bin/changeset');
const CHANGED = '@mcp/circuit-breaker';
const ALONE = '@mcp/config';
const NOTE = 'A release rehearsal.';
const checklist = new Checklist();
const exposes = new Map(
  publishablePackages().map(({ folder, manifest }) => [manifest.name, exposedPackages(folder, manifest)]),
);
/** What a major of the changed package has to raise by a major. */
const majors = withExposing([CHANGED], exposes);

await checklist.check('every changed package has a change note', async () => {
  if (await isAnyReleased()) await mustRun(changeset, ['status', '--since', await comparedWith()]);
});
await checklist.check('a major of a package is one of those whose public types show it', async () => {
  const missing = missingMajors(await pendingBumps(), exposes);
  if (missing.length > 0) throw new Error(`add a major of these to the change note: ${missing.join(', ')}`);
});
await checklist.check(`a major release of ${CHANGED} raises it and its dependents only`, () =>
  rehearse(new Map([...majors].map((name) => [name, 'major']))),
);
await checklist.check(`a patch of ${ALONE} is released alone`, () => rehearse(new Map([[ALONE, 'patch']])));
await checklist.check('the pending notes become changelogs, and every package ships its own', rehearsePending);
checklist.finish('reports/totals-of-release.json');

/** Before the first release, the note of a package is the entry in its changelog, which the last check looks for. */
async function isAnyReleased(): Promise<boolean> {
  const { stdout } = await mustRun('git', ['tag', '--list', '@mcp/*@*']);
  return stdout.trim() !== '';
}

/** The branch to compare with. A clone of one commit has none, and then nothing has changed. */
async function comparedWith(): Promise<string> {
  for (const branch of ['origin/main', 'main']) {
    const { code } = await runProgram('git', ['rev-parse', '--verify', '--quiet', branch]);
    if (code === 0) return branch;
  }
  return 'HEAD';
}

async function rehearse(bumps: Bumps): Promise<void> {
  await inClone(async (clone) => {
    for (const pending of globSync('.changeset/*.md', { cwd: clone, exclude: ['.changeset/README.md'] }))
      rmSync(join(clone, pending));
    const named = [...bumps].map(([name, bump]) => `'${name}': ${bump}\n`);
    writeFileSync(join(clone, '.changeset/rehearsal.md'), `---\n${named.join('')}---\n\n${NOTE}\n`);
    await mustRun(changeset, ['version'], { cwd: clone });
    const problems = publishablePackages().flatMap(({ folder, manifest }) => {
      const expected = nextVersion(manifest, bumps);
      const { version } = JSON.parse(readFileSync(join(clone, folder, 'package.json'), 'utf8')) as Manifest;
      const changelog = join(clone, folder, 'CHANGELOG.md');
      const isNoted = existsSync(changelog) && readFileSync(changelog, 'utf8').includes(NOTE);
      return [
        ...(version === expected ? [] : [`${manifest.name} went to ${version}, expected ${expected}`]),
        ...(isNoted === bumps.has(manifest.name) ? [] : [`${manifest.name}: its changelog is wrong about the note`]),
      ];
    });
    if (problems.length > 0) throw new Error(problems.join('\n'));
  });
}

/** The next release with the pending notes. npm ships a changelog only where `files` names it. */
async function rehearsePending(): Promise<void> {
  await inClone(async (clone) => {
    const pending = globSync('.changeset/*.md', { cwd: clone, exclude: ['.changeset/README.md'] });
    if (pending.length > 0) await mustRun(changeset, ['version'], { cwd: clone });
    const problems: string[] = [];
    for (const { folder, manifest } of publishablePackages()) {
      const place = join(clone, folder);
      const { version } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8')) as Manifest;
      const changelog = join(place, 'CHANGELOG.md');
      if (version === manifest.version && !existsSync(changelog)) continue;
      const { stdout } = await mustRun('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: place });
      if (!stdout.includes('"CHANGELOG.md"')) problems.push(`${manifest.name} ships no CHANGELOG.md`);
      const heading = `\n## ${version}\n`;
      if (!existsSync(changelog) || !readFileSync(changelog, 'utf8').includes(heading)) {
        problems.push(`${manifest.name}: nothing under ${version} in the changelog`);
      }
    }
    if (problems.length > 0) throw new Error(problems.join('\n'));
  });
}

/** Runs in a clone of the last commit, and removes it. */
async function inClone(act: (clone: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'check-release-'));
  try {
    const clone = join(folder, 'clone');
    await mustRun('git', ['clone', '--quiet', '--no-local', '--depth', '1', resolve('.'), clone]);
    keepFromInstalling(join(clone, '.changeset/config.json'));
    await act(clone);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The formatter is looked for with the package manager, which would first install the whole clone. */
function keepFromInstalling(configFile: string): void {
  const config = JSON.parse(readFileSync(configFile, 'utf8')) as Record<string, unknown>;
  writeFileSync(configFile, JSON.stringify({ ...config, format: false }));
}

/** As the note says for the packages in it, patch for packages whose range for a major no longer fits, none for the others. */
function nextVersion({ name, version, dependencies }: Manifest, bumps: Bumps): string {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (bumps.get(name) === 'major') return `${major + 1}.0.0`;
  const isRaised = bumps.has(name) || Object.keys(dependencies ?? {}).some((each) => bumps.get(each) === 'major');
  return isRaised ? `${major}.${minor}.${patch + 1}` : version;
}
