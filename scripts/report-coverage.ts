/** Prints the coverage of each package as a Markdown table, from the summary that `pnpm coverage` writes. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

interface Count {
  readonly total: number;
  readonly covered: number;
}
type FileCoverage = Readonly<Record<'lines' | 'branches' | 'functions', Count>>;

const METRICS = ['lines', 'branches', 'functions'] as const;

/** `summary` maps file paths below `root` to counts; its member `total` is ignored. */
export function coverageTable(summary: Readonly<Record<string, FileCoverage>>, root: string): string {
  const packages = new Map<string, FileCoverage[]>();
  for (const [file, coverage] of Object.entries(summary)) {
    if (file === 'total') continue;
    const name = relative(root, file).split('/').slice(0, 2).join('/');
    packages.set(name, [...(packages.get(name) ?? []), coverage]);
  }
  const rows = [...packages]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, files]) => {
      const cells = METRICS.map((metric) => percentage(files.map((file) => file[metric])));
      return `| ${[name, ...cells].join(' | ')} |`;
    });
  return [`| package | ${METRICS.join(' | ')} |`, '| --- | --: | --: | --: |', ...rows].join('\n');
}

function percentage(counts: readonly Count[]): string {
  const total = counts.reduce((sum, count) => sum + count.total, 0);
  const covered = counts.reduce((sum, count) => sum + count.covered, 0);
  return total === 0 ? 'n/a' : `${((covered / total) * 100).toFixed(1)} %`;
}

if (import.meta.main) {
  const summary = JSON.parse(readFileSync('reports/coverage/coverage-summary.json', 'utf8')) as Record<
    string,
    FileCoverage
  >;
  console.log(coverageTable(summary, process.cwd()));
}
