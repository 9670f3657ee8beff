import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { printResults } from '../harness/table.ts';

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

const kilobytes = (count: number): string => (count / 1000).toFixed(1);
printResults({
  title: 'Size of what a bundle gets',
  method: 'esbuild, minified, gzip level 9',
  columns: ['', 'kB minified', 'kB minified and gzipped'],
  rows: await Promise.all(
    rows.map(async ([name, source]) => {
      const { min, gzip } = await bytes(source);
      return [name, kilobytes(min), kilobytes(gzip)];
    }),
  ),
});
