/** How long does a call over stdio take when 64 are under way, and the slowest in a hundred? */
import { printResults, show, spread } from '../harness/table.ts';
import { quick } from '../harness/quick.ts';
import { startStdioCandidate, stdioInFlight, type StdioCase } from './stdio-candidate.ts';
import type { StdioReport } from './stdio-client.ts';

const cases: readonly StdioCase[] = [
  { name: 'a line echo by hand', server: 'stdio-echo.ts', era: 'bare' },
  { name: '@mcp/server, 2025', server: 'ours', era: 'legacy' },
  { name: '@mcp/server, 2026', server: 'ours', era: 'modern' },
  { name: '@modelcontextprotocol/server as documented, 2026', server: 'stdio-sdk-documented.ts', era: 'modern' },
];
const WINDOWS = quick ? 2 : 6;
const windowMs = quick ? 500 : 3000;
const warmUpMs = quick ? 1000 : 4000;

const rows: string[][] = [];
for (const one of cases) {
  const server = await startStdioCandidate(one);
  try {
    await server.during(warmUpMs);
    const windows: StdioReport[] = [];
    for (let window = 0; window < WINDOWS; window++) windows.push(await server.during(windowMs));
    const column = (of: (report: StdioReport) => number): string => show(spread(windows.map(of)), 2);
    rows.push([
      one.name,
      column(({ p50Ms }) => p50Ms),
      column(({ p99Ms }) => p99Ms),
      column(({ p50Ms, p99Ms }) => p99Ms / p50Ms),
    ]);
  } finally {
    await server.stop();
  }
}
printResults({
  title: 'The tail of tools/call over stdio',
  method: `${stdioInFlight} calls under way, ${WINDOWS} windows of ${windowMs} ms; median (least-greatest)`,
  columns: ['', 'p50, ms', 'p99, ms', 'p99 times p50'],
  rows,
});
