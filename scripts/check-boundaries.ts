/**
 * Three floors, and no arrow runs back up: the five leaf packages import nothing of ours, tool-base imports the breaker,
 * the server imports them all. Tests of the whole, examples and benchmarks use public entries only.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A room without a line imports nothing of ours. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'packages/tool-base': ['@mcp/circuit-breaker'],
  'apps/server': ['@mcp/circuit-breaker', '@mcp/config', '@mcp/health', '@mcp/metrics', '@mcp/tool-base'],
};

/** The dashboard is private: only a test of the server that compares the types of both may import it. */
const mayImportInTests: Readonly<Record<string, readonly string[]>> = { 'apps/server': ['@mcp/dashboard'] };

const saysNothing = /\/(?:utils?|helpers?|common|shared|misc|types|manager)\.tsx?$/u;
const behindTheEntry = /^@mcp\/[^/]+\/.+|(?:\.\.\/)+(?:packages|apps)\//u;

/** What breaks the rules in the repository at `root`, one line each. */
export function boundaryProblems(root: string): string[] {
  const problems: string[] = [];
  for (const room of globSync('{packages,apps}/*/package.json', { cwd: root })
    .map((file) => dirname(file))
    .sort()) {
    const allowed = mayImport[room] ?? [];
    for (const file of globSync(`${room}/src/**/*.ts`, { cwd: root })) {
      if (saysNothing.test(file)) problems.push(`${file}: the name says nothing; name it after the idea it holds`);
      for (const specifier of importsOf(join(root, file))) {
        const inTest = /\.test(?:-d)?\.ts$/u.test(file) && (mayImportInTests[room] ?? []).includes(specifier);
        const another = specifier.startsWith('@mcp/') && !allowed.includes(specifier) && !inTest;
        const outside = specifier.startsWith('.') && !join(dirname(file), specifier).startsWith(`${room}/`);
        if (another || outside) {
          problems.push(`${file}: ${room} may not import ${specifier}; what it may is in scripts/check-boundaries.ts`);
        }
      }
    }
  }
  for (const file of globSync('{e2e,examples,benchmarks}/**/*.ts', { cwd: root, exclude: ['**/node_modules/**'] })) {
    for (const specifier of importsOf(join(root, file))) {
      if (behindTheEntry.test(specifier)) problems.push(`${file}: imports ${specifier}, which is not a public entry`);
    }
  }
  return problems;
}

function importsOf(file: string): string[] {
  const imports = readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*['"](?<specifier>[^'"\n]+)['"]/gu);
  return [...imports].map(({ groups }) => groups?.['specifier'] ?? '');
}

if (import.meta.main) {
  const problems = boundaryProblems('.');
  for (const problem of problems) console.error(problem);
  console.log(problems.length === 0 ? 'every import goes down the floors' : `${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
