import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const BREAKER = '@mcp/circuit-breaker';

/** What a user's bundle gets for one import line: bundled, minified, gzipped at level 9. */
async function bytes(source: string): Promise<{ readonly min: number; readonly gzip: number }> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    conditions: ['@mcp/source'],
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  return { min: code.length, gzip: gzipSync(code, { level: 9 }).length };
}

const rows = [
  [`${BREAKER}, all of it`, `export * from '${BREAKER}'`],
  [`${BREAKER}, without the registry`, `export { CircuitBreaker, CircuitOpenError } from '${BREAKER}'`],
  ['cockatiel, all of it', `export * from 'cockatiel'`],
  [
    'cockatiel, what a breaker of the same kinds needs',
    `export { circuitBreaker, handleAll, ConsecutiveBreaker, CountBreaker, SamplingBreaker, ExponentialBackoff } from 'cockatiel'`,
  ],
  ['opossum', `export { default } from 'opossum'`],
] as const;

process.stdout.write('### Size\n\n| | minified | minified and gzipped |\n|---|---|---|\n');
for (const [name, source] of rows) {
  const { min, gzip } = await bytes(source);
  process.stdout.write(`| ${name} | ${min} B | ${gzip} B |\n`);
}
process.stdout.write('\n');
