/** What does a list of 20 tools cost? */
import { measureCpu } from './paired-cpu.ts';

await measureCpu({
  title: 'tools/list with 20 tools over HTTP',
  env: { BENCH_TOOLS: '20' },
  baseline: { name: 'bare node:http writing the same list', server: 'bare-node.ts', kind: 'tools/list' },
  cases: [
    { name: '@mcp/server, 2025', server: 'ours', kind: 'tools/list', atMost: 1.3 },
    { name: '@mcp/server, 2026', server: 'ours', kind: 'modern tools/list', atMost: 1.3 },
    {
      name: '@modelcontextprotocol/server as documented, 2026',
      server: 'sdk-documented.ts',
      kind: 'modern tools/list',
    },
  ],
});
