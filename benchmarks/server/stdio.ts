/** What does one tool call over stdio cost, with everything on that a server in production has on? */
import { measurePaired } from './paired-cpu.ts';
import { startStdioCandidate, stdioInFlight, type StdioCase } from './stdio-candidate.ts';

const lineEcho: StdioCase = { name: 'a line echo by hand', server: 'stdio-echo.ts', era: 'bare' };
const cases: readonly StdioCase[] = [
  { name: 'the line echo, one write for all lines of a chunk', server: 'stdio-echo-batched.ts', era: 'bare' },
  { name: '@mcp/server, 2025', server: 'ours', era: 'legacy', atMost: 4 },
  { name: '@mcp/server, 2026', server: 'ours', era: 'modern', atMost: 5 },
  { name: '@modelcontextprotocol/server as documented, 2025', server: 'stdio-sdk-documented.ts', era: 'legacy' },
  { name: '@modelcontextprotocol/server as documented, 2026', server: 'stdio-sdk-documented.ts', era: 'modern' },
  { name: '@modelcontextprotocol/sdk 1.x', server: 'stdio-sdk1.ts', era: 'legacy' },
  { name: 'fastmcp', server: 'stdio-fastmcp.ts', era: 'legacy' },
];

await measurePaired({
  title: 'tools/call over stdio',
  load: `${stdioInFlight} calls under way`,
  baseline: { name: lineEcho.name, start: () => startStdioCandidate(lineEcho) },
  cases: cases.map((one) => ({ ...one, start: () => startStdioCandidate(one) })),
});
