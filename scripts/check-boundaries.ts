/**
 * Checks who imports whom, with the rules of `layers.ts`:
 *
 *   - a package imports another only where the table says so, and only by its public entry
 *   - inside the server no file imports from a layer above its own
 *   - no circle of imports inside a package, or in examples, benchmarks and end-to-end tests; type-only imports included
 *   - examples, benchmarks and end-to-end tests use public entries
 *   - a file is named after what it holds
 *
 * Tests and their support files may import anything of their own package.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { packageImports, serverLayers, testImports } from './layers.ts';

const unclearName = /\/(?:utils?|helpers?|common|shared|misc|types|manager)\.tsx?$/u;
const behindPublicEntry = /^@mcp\/[^/]+\/.+|(?:\.\.\/)+(?:packages|apps)\//u;
const testFile = /\.test(?:-d)?\.ts$|\/test-support\//u;
const SERVER_SOURCE = 'apps/server/src/';

/** What breaks the rules in the repository at `root`, one line each. */
export function boundaryProblems(root: string): string[] {
  const packages = globSync('{packages,apps}/*/package.json', { cwd: root })
    .map((file) => dirname(file))
    .sort();
  return [...packages.flatMap((name) => packageProblems(root, name)), ...outsideProblems(root)];
}

function packageProblems(root: string, name: string): string[] {
  const problems: string[] = [];
  const imports = new Map<string, string[]>();
  for (const file of globSync(`${name}/src/**/*.ts`, { cwd: root }).sort()) {
    if (unclearName.test(file)) problems.push(`${file}: the name says nothing; name it after what the file holds`);
    if (layerOf(file) === -1 && !testFile.test(file)) problems.push(`${file}: scripts/layers.ts names no layer for it`);
    const local: string[] = [];
    for (const specifier of importsOf(join(root, file))) {
      const target = specifier.startsWith('.') ? join(dirname(file), specifier) : undefined;
      if (target === undefined ? isForeign(specifier, name, testFile.test(file)) : !target.startsWith(`${name}/`)) {
        problems.push(`${file}: ${name} may not import ${specifier}; scripts/layers.ts lists what it may import`);
      } else if (target !== undefined && !testFile.test(file)) {
        local.push(target);
        const rise = upwardImport(file, target);
        if (rise !== undefined) problems.push(rise);
      }
    }
    imports.set(file, local);
  }
  return [...problems, ...importCircles(imports)];
}

function isForeign(specifier: string, name: string, inTest: boolean): boolean {
  const allowed = [...(packageImports[name] ?? []), ...(inTest ? (testImports[name] ?? []) : [])];
  return specifier.startsWith('@mcp/') && !allowed.includes(specifier);
}

function upwardImport(file: string, target: string): string | undefined {
  const from = layerOf(file);
  const to = layerOf(target);
  if (from === undefined || to === undefined) return undefined;
  if (from === -1 || to === -1 || to >= from) return undefined;
  return `${file} (layer ${serverLayers[from]}) imports ${target} (layer ${serverLayers[to]}), which is above it`;
}

/** The position in `serverLayers`; -1 for a server file without a layer, `undefined` outside the server. */
function layerOf(file: string): number | undefined {
  if (!file.startsWith(SERVER_SOURCE)) return undefined;
  const path = file.slice(SERVER_SOURCE.length);
  let best = -1;
  for (const [index, layer] of serverLayers.entries()) {
    const inside = path === layer || path.startsWith(`${layer}/`);
    if (inside && layer.length > (serverLayers[best]?.length ?? 0)) best = index;
  }
  return best;
}

/** Strongly connected components of more than one file (Tarjan, 1972), one line each with every file in it. */
function importCircles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const circles: string[] = [];
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const visit = (file: string): number => {
    let low = order.size;
    order.set(file, low);
    open.push(file);
    for (const target of imports.get(file) ?? []) {
      if (!imports.has(target)) continue;
      if (!order.has(target)) low = Math.min(low, visit(target));
      else if (open.includes(target)) low = Math.min(low, order.get(target) ?? low);
    }
    lowest.set(file, low);
    if (low === order.get(file)) {
      const members = open.splice(open.indexOf(file));
      if (members.length > 1) circles.push(`these files import one another: ${members.sort().join(', ')}`);
    }
    return low;
  };
  for (const file of imports.keys()) if (!order.has(file)) visit(file);
  return circles;
}

function outsideProblems(root: string): string[] {
  const problems: string[] = [];
  const imports = new Map<string, string[]>();
  for (const file of globSync('{e2e,examples,benchmarks}/**/*.ts', { cwd: root, exclude: ['**/node_modules/**'] })) {
    const specifiers = importsOf(join(root, file));
    for (const specifier of specifiers) {
      if (behindPublicEntry.test(specifier)) {
        problems.push(`${file}: imports ${specifier}, which is not a public entry`);
      }
    }
    const local = specifiers.filter((specifier) => specifier.startsWith('.'));
    imports.set(
      file,
      local.map((specifier) => join(dirname(file), specifier)),
    );
  }
  return [...problems, ...importCircles(imports)];
}

function importsOf(file: string): string[] {
  const imports = readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*['"](?<specifier>[^'"\n]+)['"]/gu);
  return [...imports].map(({ groups }) => groups?.['specifier'] ?? '');
}

if (import.meta.main) {
  const problems = boundaryProblems('.');
  for (const problem of problems) console.error(problem);
  console.log(problems.length === 0 ? 'every import follows the layers' : `${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
