/** Does a call cost more when two workers share what one process has for itself? With the CPU time of all their processes. */
import { measureCpu } from './paired-cpu.ts';

await measureCpu({
  title: 'tools/call with two workers, against one',
  withChildren: true,
  baseline: { name: '@mcp/server with one worker', server: 'ours', kind: 'modern tools/call' },
  cases: [
    {
      name: '@mcp/server with two workers',
      server: 'ours',
      kind: 'modern tools/call',
      processes: 2,
      atMost: 2,
      env: { MCP_SERVER_WORKERS: '2' },
    },
  ],
});
