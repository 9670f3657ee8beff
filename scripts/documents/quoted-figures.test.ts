/**
 * Figures that the documents quote are those of the benchmarks. A quoted figure is followed by a comment that says where
 * it stands: question, row and column of a table in benchmarks/README.md.
 *
 *   about 2.5 times <!-- figure 2.5 | server/tools-call.ts | @mcp/server, 2026 | times bare node:http -->
 */
import { globSync, readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

const FIGURE = /<!-- figure (?<figure>[\d.]+) \| (?<question>[^|]+) \| (?<row>[^|]+) \| (?<column>[^|]+) -->/g;

interface Quote {
  readonly file: string;
  readonly before: string;
  readonly figure: string;
  readonly question: string;
  readonly row: string;
  readonly column: string;
}

const documents = globSync(['README.md', 'docs/**/*.md', 'packages/*/README.md', 'apps/*/README.md']);
const measured = readFileSync('benchmarks/README.md', 'utf8');

const quotes: readonly Quote[] = documents.flatMap((file) => {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(FIGURE)].map((match) => {
    const { figure = '', question = '', row = '', column = '' } = match.groups ?? {};
    return { file, before: text.slice(0, match.index), figure, question, row, column };
  });
});

test('documents quote figures of the benchmarks', () => {
  expect(quotes.length).toBeGreaterThan(0);
});

test.each(quotes)('$file quotes $figure as it was measured: $question, $row, $column', (quote) => {
  const { before, figure, question, row, column } = quote;
  expect(before.slice(-200), 'the figure stands before its comment').toContain(figure);
  const decimals = figure.split('.')[1]?.length ?? 0;
  expect(medianAt(question, row, column).toFixed(decimals)).toBe(figure);
});

function medianAt(question: string, row: string, column: string): number {
  const start = measured.indexOf(`<!-- ${question} -->`);
  expect(start, `benchmarks/README.md has no answer to ${question}`).toBeGreaterThanOrEqual(0);
  const next = measured.indexOf('<!-- ', start + 5);
  const cells = measured
    .slice(start, next < 0 ? undefined : next)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const at = cells[0]?.indexOf(column) ?? -1;
  const found = cells.find(([, name]) => name === row)?.[at];
  expect(found, `no such row or column: ${row}, ${column}`).toBeDefined();
  return Number.parseFloat(found ?? '');
}
