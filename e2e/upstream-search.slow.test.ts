/** Tool search over upstream servers: what a caller with scopes for one of them finds and calls, and under which names that is recorded. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { scratch, startHttpServer, type HttpServerProcess } from './harness/server-process.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const ADMIN = 'admin-0123456789-0123456789';
const AGENT = 'agent-0123456789-0123456789';

const place = scratch();
let server: HttpServerProcess;

beforeAll(async () => {
  const manifest = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/package.json'));
  const upstream = {
    command: [process.execPath, join(dirname(manifest), 'dist/index.js'), 'stdio'],
    trust: 'open',
    start: 'eager',
    prompts: { enabled: true },
    resources: { enabled: true },
  };
  const configFile = place.write(
    'config.yaml',
    JSON.stringify({
      presets: [],
      toolSearch: 'always',
      security: {
        apiKeys: [
          { name: 'admin', key: ADMIN, scopes: ['admin', 'tools:read', 'tools:call'] },
          { name: 'agent', key: AGENT, scopes: ['tools:read', 'tools:call:github_*'] },
        ],
      },
      upstreams: { github: upstream, files: upstream },
    }),
  );
  server = await startHttpServer({ configFile, env: { MCP_SECURITY_API_KEY: '' } });
  // The lists of an upstream are read one after another. A client keeps a list for a while, so that each attempt has its own.
  await vi.waitFor(async () => {
    const client = await connect('legacy', ADMIN);
    const tools = toolNames(await get('/tools', ADMIN));
    const others = JSON.stringify([await client.listPrompts(), await client.listResources()]);
    await client.close();
    for (const key of ['github', 'files']) {
      const isListed = tools.includes(`${key}_echo`) && others.includes(`"${key}_`) && others.includes(`${key}+`);
      if (!isListed) throw new Error(`${key} is not listed yet`);
    }
  }, 60_000);
});
afterAll(async () => {
  await server?.stop();
  place[Symbol.dispose]();
});

async function get(path: string, key: string): Promise<string> {
  const response = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${key}` } });
  return response.text();
}

/** Of both upstreams, wherever they are named. */
function toolNames(text: string): string[] {
  return [...new Set(text.match(/\b(?:github|files)_[A-Za-z_-]+/g))];
}

async function connect(era: 'legacy' | 'modern', key: string): Promise<Client> {
  const mode = era === 'legacy' ? 'legacy' : ({ pin: '2026-07-28' } as const);
  const client = new Client({ name: 'e2e', version: '1' }, { versionNegotiation: { mode } });
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', server.url), { requestInit }));
  return client;
}

test.each(['legacy', 'modern'] as const)(
  'a caller of the %s era with the scope of one upstream sees, finds and calls nothing of the other',
  async (era) => {
    const client = await connect(era, AGENT);
    const call = (name: string, values: object): ReturnType<Client['callTool']> =>
      client.callTool({ name, arguments: values as Record<string, unknown> });
    const seen = [
      await client.listTools(),
      await client.listPrompts(),
      await client.listResources(),
      await client.listResourceTemplates(),
      await call('search_tools', { search: 'files echo a message', limit: 20 }),
      await get('/tools', AGENT),
    ].map((found) => JSON.stringify(found));
    expect(seen.join('\n').match(/\bfiles[_+]/g)).toBeNull();
    expect(toolNames(seen[4]!)).toContain('github_echo');
    expect(toolNames(seen[5]!)).toContain('github_echo');
    expect(toolNames(seen[1]!).length).toBeGreaterThan(0);
    expect(seen[2]).toContain('github+');

    const described = await call('describe_tool', { name: 'github_echo' });
    expect(JSON.stringify(described)).toContain('inputSchema');
    // One that the caller may not see is described as one that does not exist, and call_tool refuses it as its own name does.
    const hidden = await call('describe_tool', { name: 'files_echo' });
    expect(hidden.isError).toBe(true);
    expect(hidden.content).toEqual((await call('describe_tool', { name: 'files_ohce' })).content);
    const refused = await call('call_tool', { name: 'files_echo', arguments: { message: 'x' } });
    expect(JSON.stringify(refused.content)).toContain('forbidden');
    expect(refused.content).toEqual((await call('files_echo', { message: 'x' })).content);
    const echoed = await call('call_tool', { name: 'github_echo', arguments: { message: `by ${era}` } });
    expect(JSON.stringify(echoed.content)).toContain(`by ${era}`);
    await expect(client.getPrompt({ name: 'files_simple-prompt' })).rejects.toThrow('There is no such prompt');
    await client.close();
  },
);

test('a call by call_tool is in the audit log and the metrics under the tool and its upstream', async () => {
  await expect
    .poll(async () => JSON.parse(await get('/executions?tool=github_echo', ADMIN)) as unknown, { timeout: 30_000 })
    .toMatchObject({
      entries: [{ tool: 'github_echo', outcome: 'success', upstream: { name: 'github', tool: 'echo' } }, {}],
    });
  expect(JSON.parse(await get('/executions?tool=call_tool', ADMIN))).toMatchObject({ entries: [] });
  const lines = (await get('/metrics', ADMIN)).split('\n');
  const counted = (pattern: RegExp): string[] => lines.filter((line) => pattern.test(line) && !line.endsWith(' 0'));
  expect(counted(/^mcp_tool_execution_total\{.*tool="github_echo"/)).toHaveLength(1);
  expect(counted(/^mcp_tool_execution_total\{.*tool="call_tool"/)).toEqual([]);
  expect(counted(/^mcp_upstream_[a-z_]+\{.*upstream="github"/).length).toBeGreaterThan(0);
});
