/**
 * Prints, as outputs of a GitHub Actions step, what a pull request affects: the packages that changed and those that
 * depend on them, as turbo finds them from TURBO_SCM_BASE. Without that variable everything is affected.
 *
 *   node scripts/affected.ts >> "$GITHUB_OUTPUT"
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { mustRun } from './run-program.ts';

interface WorkspacePackage {
  readonly name: string;
  readonly path: string;
}

/**
 * `unit`: arguments that select the vitest projects of the affected packages, empty for none. `server` and `packages`:
 * whether the server, or anything that is published, is affected.
 */
export function outputsFor(affected: readonly WorkspacePackage[]): Readonly<Record<string, string>> {
  const sources = affected.filter(({ path }) => /^(?:packages|apps)\//u.test(path));
  return {
    unit: sources.map(({ name }) => `--project=${name.replace('@mcp/', '')}`).join(' '),
    packages: String(sources.length > 0),
    server: String(affected.some(({ path }) => ['apps/server', 'deploy', 'e2e'].includes(path))),
  };
}

if (import.meta.main) {
  const affected = process.env['TURBO_SCM_BASE'] ? await affectedPackages() : allPackages();
  for (const [name, value] of Object.entries(outputsFor(affected))) console.log(`${name}=${value}`);
}

async function affectedPackages(): Promise<readonly WorkspacePackage[]> {
  const { stdout } = await mustRun('node_modules/.bin/turbo', ['ls', '--affected', '--output=json']);
  return (JSON.parse(stdout) as { packages: { items: WorkspacePackage[] } }).packages.items;
}

function allPackages(): readonly WorkspacePackage[] {
  return globSync('{packages/*,apps/*,e2e,deploy}/package.json')
    .sort()
    .map((file) => ({ path: dirname(file), ...(JSON.parse(readFileSync(file, 'utf8')) as { name: string }) }));
}
