/** What does one tool call over HTTP cost, with everything a server in production has on? */
import { measureCpu } from './paired-cpu.ts';

await measureCpu({
  title: 'tools/call over HTTP',
  cases: [
    { name: 'bare Hono', server: 'bare-hono.ts', kind: 'echo' },
    { name: '@mcp/server, 2025 without a session', server: 'ours', kind: 'tools/call' },
    { name: '@mcp/server, 2025 in a session', server: 'ours', kind: 'tools/call', session: true },
    { name: '@mcp/server, 2026', server: 'ours', kind: 'modern tools/call' },
    { name: '@modelcontextprotocol/server as documented, 2025', server: 'sdk-documented.ts', kind: 'tools/call' },
    {
      name: '@modelcontextprotocol/server as documented, 2026',
      server: 'sdk-documented.ts',
      kind: 'modern tools/call',
    },
    {
      name: '@modelcontextprotocol/sdk 1.x, session',
      server: 'sdk1.ts',
      kind: 'tools/call',
      session: true,
      env: { SDK1_MODE: 'stateful' },
    },
    { name: '@modelcontextprotocol/sdk 1.x, stateless', server: 'sdk1.ts', kind: 'tools/call' },
    { name: 'fastmcp, stateless', server: 'fastmcp.ts', kind: 'tools/call' },
  ],
});
