/**
 * What comes with `@mcp/server`: every package has a licence that allows redistribution, all are in the bill of materials, and none has a
 * known vulnerability. Leaves the bill of materials (CycloneDX) and the list of licences in reports/ for the release.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

import { Checklist } from './checklist.ts';
import { acceptedAdvisories, auditOutcome } from './packages/audit-outcome.ts';
import { installedWith } from './packages/installed-with.ts';
import { mustRun, runProgram } from './run-program.ts';

interface Component {
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly licenses?: readonly { readonly license?: { readonly id?: string }; readonly expression?: string }[];
}

const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'PSF-2.0',
]);
const { packageManager } = JSON.parse(readFileSync('package.json', 'utf8')) as { packageManager: string };
const pnpm = ['-y', packageManager] as const;
const { name, version } = JSON.parse(readFileSync('apps/server/package.json', 'utf8')) as Component;
const server = `${name}@${version}`;
const checklist = new Checklist();
mkdirSync('reports', { recursive: true });

await checklist.check('the bill of materials names every package that is installed with the server', async () => {
  const options = ['--prod', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
  const { stdout } = await mustRun('npx', [...pnpm, '--filter', '@mcp/server', 'sbom', ...options]);
  writeFileSync('reports/sbom.cdx.json', stdout);
  const named = new Set(components().map(nameOf));
  const missing = installedWith('apps/server').filter((each) => !named.has(each));
  if (missing.length > 0) throw new Error(`not named: ${missing.join(', ')}`);
  const subject = nameOf(billOfMaterials().metadata.component);
  if (subject !== server) throw new Error(`it is of ${subject}, not of ${server}`);
});

await checklist.check('every package that is installed with the server may be redistributed', () => {
  const licences = components().map((each) => ({ name: nameOf(each), licence: licenceOf(each) }));
  writeFileSync('reports/licences.txt', licences.map(({ name, licence }) => `${name}: ${licence}\n`).join(''));
  const others = licences.filter(({ licence }) => !ALLOWED.has(licence));
  if (others.length > 0) throw new Error(others.map(({ name, licence }) => `${name}: ${licence}`).join('\n'));
});

const AUDIT = 'no known vulnerability';
const accepted = acceptedAdvisories(readFileSync('docs/dependencies.md', 'utf8'));
const today = new Date().toISOString().slice(0, 10);
const outcome = auditOutcome(await runProgram('npx', [...pnpm, 'audit', '--prod', '--json']), accepted, today);
if (outcome.kind === 'unknown') checklist.skip(AUDIT, outcome.reason);
else {
  await checklist.check(AUDIT, () => {
    if (outcome.kind === 'failed') throw new Error(outcome.reason);
  });
}
checklist.finish('reports/totals-of-supply-chain.json');

function components(): readonly Component[] {
  return billOfMaterials().components;
}

function billOfMaterials(): { metadata: { component: Component }; components: Component[] } {
  return JSON.parse(readFileSync('reports/sbom.cdx.json', 'utf8')) as ReturnType<typeof billOfMaterials>;
}

function nameOf({ group, name, version }: Component): string {
  return `${group === undefined ? '' : `${group}/`}${name}@${version}`;
}

function licenceOf({ licenses = [] }: Component): string {
  return licenses.map(({ license, expression }) => license?.id ?? expression ?? 'unknown').join(' AND ') || 'unknown';
}
