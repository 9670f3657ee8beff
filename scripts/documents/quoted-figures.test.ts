/**
 * Figures in documents are those of the benchmarks. A figure is followed by a comment that names its place: benchmark, row and
 * column of a table in benchmarks/README.md.
 *
 *   about 2.5 times <!-- figure 2.5 | server/tools-call.ts | @mcp/server, 2026 | times bare node:http -->
 *
 * A whole table is quoted between `<!-- results server/tools-call.ts -->` and `<!-- end of results -->`; `pnpm bench` keeps it up
 * to date.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resultsOf, quotedResults, withoutHeading } from '../../benchmarks/results.ts';
import { benchmarkFiles } from '../../benchmarks/benchmark-files.ts';
import { unmarkedFigures } from './unmarked-figures.ts';

const FIGURE = /<!-- figure (?<figure>[\d.]+) \| (?<benchmark>[^|]+) \| (?<row>[^|]+) \| (?<column>[^|]+?) -->/gu;

interface Quote {
  readonly file: string;
  readonly before: string;
  readonly figure: string;
  readonly benchmark: string;
  readonly row: string;
  readonly column: string;
}

const documents = globSync(['*.md', 'docs/**/*.md', '{packages,apps}/*/README.md', 'packages/*/docs/**/*.md']);
const measured = readFileSync('benchmarks/README.md', 'utf8');

const quotes: readonly Quote[] = documents.flatMap((file) => {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(FIGURE)].map((match) => {
    const { figure = '', benchmark = '', row = '', column = '' } = match.groups ?? {};
    return { file, before: text.slice(0, match.index), figure, benchmark, row, column };
  });
});

const results = documents.flatMap((file) =>
  quotedResults(readFileSync(file, 'utf8')).map((quoted) => ({ file, ...quoted })),
);

test('documents quote figures and results of the benchmarks', () => {
  expect(quotes.length).toBeGreaterThan(0);
  expect(results.length).toBeGreaterThan(0);
});

test.each(quotes)('$file quotes $figure as measured: $benchmark, $row, $column', (quote) => {
  const { before, figure, benchmark, row, column } = quote;
  expect(before.slice(-200), 'the figure is before its comment').toContain(figure);
  const decimals = figure.split('.')[1]?.length ?? 0;
  expect(medianAt(benchmark, row, column).toFixed(decimals)).toBe(figure);
});

test.each(results)('$file quotes the results of $benchmark as measured', ({ benchmark, text }) => {
  expect(cellsOf(text)).toEqual(cellsOf(withoutHeading(resultsOf(benchmark, measured) ?? '')));
});

// Documents whose figures are not of the benchmarks: generated documents, records, and settings.
const otherFigures = /^docs\/(?:api|adr)\/|^docs\/(?:configuration|endurance)\.md$|CHANGELOG/u;

test.each(documents.filter((file) => !otherFigures.test(file)))(
  '%s: no figure of speed or size is unmarked',
  (file) => {
    expect(unmarkedFigures(readFileSync(file, 'utf8'))).toEqual([]);
  },
);

test('a figure is known by its unit, or by the words around it', () => {
  expect(unmarkedFigures('A call takes 120 ns.')).toEqual(['A call takes 120 ns.']);
  expect(unmarkedFigures('A call takes 120 <!-- figure 120 | a | b | c --> ns.')).toEqual([]);
  expect(unmarkedFigures('120 <!-- figure 120 | a | b | c --> ns, and 5 ns more')).toHaveLength(1);
  expect(unmarkedFigures('A scrape takes about 5 ms')).toHaveLength(1);
  expect(unmarkedFigures('It is 3.5 times faster')).toHaveLength(1);
  expect(unmarkedFigures('SIGKILL follows after 500 ms')).toEqual([]);
  expect(unmarkedFigures('<!-- results a.ts -->\n\n| x | 5.1 ms |\n\n<!-- end of results -->')).toEqual([]);
  expect(unmarkedFigures('```sh\nsleep 5 ns\n```')).toEqual([]);
});

test('every entry file of the benchmarks, those of the server apart, is in the list of benchmarks and has results', () => {
  const files = globSync(
    'benchmarks/{circuit-breaker,metrics,config,health,simulation,tool-base,openapi-tools}/**/*.ts',
  );
  const imported = new Set(
    files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/from '(?<path>\.[^']+)'/gu)].map(({ groups }) =>
        join(file, '..', groups?.['path'] ?? ''),
      ),
    ),
  );
  const entries = files.filter((file) => !imported.has(file)).map((file) => file.replace('benchmarks/', ''));
  expect(entries.length).toBeGreaterThan(0);
  expect(entries.sort()).toEqual(benchmarkFiles.filter((file) => !file.startsWith('server/')).sort());
  expect(entries.filter((benchmark) => resultsOf(benchmark, measured) === undefined)).toEqual([]);
});

function medianAt(benchmark: string, row: string, column: string): number {
  const results = resultsOf(benchmark, measured);
  expect(results, `benchmarks/README.md has no results of ${benchmark}`).toBeDefined();
  const cells = cellsOf(results ?? '').filter((line) => line.length > 1);
  const at = cells[0]?.indexOf(column) ?? -1;
  const found = cells.find(([, name]) => name === row)?.[at];
  expect(found, `no such row or column: ${row}, ${column}`).toBeDefined();
  return Number.parseFloat(found ?? '');
}

/** Lines and cells without the blanks and dashes that make columns wide. */
function cellsOf(text: string): string[][] {
  return text.split('\n').map((line) => line.split('|').map((cell) => cell.trim().replace(/^-{3,}$/u, '---')));
}
