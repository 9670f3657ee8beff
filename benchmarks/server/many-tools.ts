/** Does a call cost more when 500 tools are there than when there is one? */
import { measureCpu } from './paired-cpu.ts';

await measureCpu({
  title: 'tools/call with 500 tools, against the same server with 1',
  baseline: { name: '@mcp/server with 1 tool', server: 'ours', kind: 'modern tools/call' },
  cases: [
    {
      name: '@mcp/server with 500 tools',
      server: 'ours',
      kind: 'modern tools/call',
      atMost: 1.15,
      env: { BENCH_TOOLS: '500' },
    },
  ],
});
