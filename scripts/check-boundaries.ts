/**
 * Three floors, and no arrow runs back up: the four leaf packages import nothing of ours, tool-base imports the breaker,
 * the server imports them all. Tests of the whole, examples and benchmarks use public entries only.
 */
import { globSync, readFileSync } from 'node:fs';

const mayImport: Readonly<Record<string, readonly string[]>> = {
  'packages/circuit-breaker': [],
  'packages/metrics': [],
  'packages/config': [],
  'packages/health': [],
  'packages/tool-base': ['@mcp/circuit-breaker'],
  'apps/server': ['@mcp/circuit-breaker', '@mcp/config', '@mcp/health', '@mcp/metrics', '@mcp/tool-base'],
};

const saysNothing = /\/(?:utils?|helpers?|common|shared|misc|types|manager)\.tsx?$/u;
const behindTheEntry = /^@mcp\/[^/]+\/.+|(?:\.\.\/)+(?:packages|apps)\//u;
const problems: string[] = [];

for (const [room, allowed] of Object.entries(mayImport)) {
  for (const file of globSync(`${room}/src/**/*.ts`)) {
    if (saysNothing.test(file)) problems.push(`${file}: the name says nothing; name it after the idea it holds`);
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith('@mcp/') && !allowed.includes(specifier)) {
        problems.push(`${file}: ${room} may not import ${specifier}`);
      }
    }
  }
}
for (const file of globSync('{e2e,examples,benchmarks}/**/*.ts', { exclude: ['**/node_modules/**'] })) {
  for (const specifier of importsOf(file)) {
    if (behindTheEntry.test(specifier)) problems.push(`${file}: imports ${specifier}, which is not a public entry`);
  }
}

for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? 'every import goes down the floors' : `${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

function importsOf(file: string): string[] {
  const imports = readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*['"](?<specifier>[^'"\n]+)['"]/gu);
  return [...imports].map(({ groups }) => groups?.['specifier'] ?? '');
}
