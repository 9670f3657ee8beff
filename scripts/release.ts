/**
 * Shows what a release would publish, and what is still in the way. Nothing is written, tagged or sent: publishing is the work of
 * .github/workflows/release.yml.
 *
 *   pnpm release --dry-run
 */
import { REPOSITORY_PLACEHOLDER } from './packages/repository-fields.ts';
import { pendingBumps } from './packages/pending-bumps.ts';
import { publishablePackages, type PublishablePackage } from './packages/publishable-packages.ts';
import { mustRun } from './run-program.ts';

if (process.argv[2] !== '--dry-run') {
  console.error(
    'A person publishes nothing: the release workflow does. To see what would go out: pnpm release --dry-run',
  );
  process.exit(2);
}

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly entryCount: number;
}

const packages = publishablePackages();
const bumps = await pendingBumps();
const { stdout: tags } = await mustRun('git', ['tag', '--list', '@mcp/*@*']);
const released = new Set(tags.split('\n'));

for (const each of packages) {
  const { name, version } = each.manifest;
  const bump = bumps.get(name) ?? 'none';
  const isNew = !released.has(`${name}@${version}`);
  if (bump === 'none' && !isNew) console.log(`${name} ${version}: stays as it is`);
  else await show(each, bump === 'none' ? 'first release' : `${bump} of the pending change notes`);
}

const obstacles = [
  ...packages.flatMap(({ folder, manifest }) =>
    JSON.stringify(manifest).includes(REPOSITORY_PLACEHOLDER)
      ? [`${folder}/package.json names ${REPOSITORY_PLACEHOLDER}`]
      : [],
  ),
  'the repository variable PUBLISH_TO_NPM must be true, and the owner of @mcp on npm must trust the release workflow',
];
console.log(`\nBefore anything can be published:\n${obstacles.map((each) => `  - ${each}`).join('\n')}`);

async function show({ folder, manifest }: PublishablePackage, why: string): Promise<void> {
  const { stdout } = await mustRun('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: folder });
  const found: unknown = JSON.parse(stdout);
  const [packed] = (Array.isArray(found) ? found : Object.values(found as object)) as Packed[];
  console.log(`${manifest.name} ${manifest.version}: ${why}`);
  console.log(`  ${packed?.entryCount} files, ${Math.ceil((packed?.size ?? 0) / 1024)} KiB packed`);
  const ours = Object.keys(manifest.dependencies ?? {}).filter((name) => name.startsWith('@mcp/'));
  if (ours.length > 0) console.log(`  needs ${ours.join(', ')}`);
  if (manifest.name === '@mcp/server') {
    console.log(
      '  its release on GitHub gets sbom.cdx.json (CycloneDX) and licences.txt: node scripts/check-supply-chain.ts',
    );
  }
}
