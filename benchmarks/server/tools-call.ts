/** What does one tool call over HTTP cost in the configuration as shipped, where every call has a line in the log? */
import { join } from 'node:path';

import { measureCpu } from './paired-cpu.ts';

await measureCpu({
  title: 'tools/call over HTTP',
  cases: [
    { name: 'bare Hono', server: 'bare-hono.ts', kind: 'echo' },
    { name: '@mcp/server, 2025 without a session', server: 'ours', kind: 'tools/call', atMost: 2.8 },
    { name: '@mcp/server, 2025 in a session', server: 'ours', kind: 'tools/call', session: true, atMost: 3.1 },
    { name: '@mcp/server, 2026', server: 'ours', kind: 'modern tools/call', atMost: 3 },
    {
      name: '@mcp/server, 2026, log file',
      server: 'ours',
      kind: 'modern tools/call',
      atMost: 3,
      envIn: (folder) => ({ MCP_LOGGING_FILE_PATH: join(folder, 'server.log') }),
    },
    {
      name: '@mcp/server, 2026, audit in SQLite',
      server: 'ours',
      kind: 'modern tools/call',
      atMost: 3.8,
      envIn: (folder) => ({ MCP_DATABASE_URL: `sqlite:${join(folder, 'audit.db')}` }),
    },
    {
      name: '@mcp/server, 2026, no log line for a call',
      server: 'ours',
      kind: 'modern tools/call',
      env: { MCP_LOGGING_LEVEL: 'warn' },
    },
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
