/** Prompts, resources and notifications of a published server as the clients of this server see them. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, expect, test, vi } from 'vitest';

import { scratch, startHttpServer, type HttpServerProcess, type Scratch } from './harness/server-process.ts';

vi.setConfig({ testTimeout: 300_000 });

const ADMIN = 'admin-0123456789-0123456789';
const AGENT = 'agent-0123456789-0123456789';
const OTHER = 'other-0123456789-0123456789';

let place: Scratch;
afterEach(() => place[Symbol.dispose]());

function configuration(): string {
  place = scratch();
  const manifest = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/package.json'));
  return place.write(
    'config.yaml',
    JSON.stringify({
      presets: [],
      security: {
        apiKeys: [
          { name: 'admin', key: ADMIN, scopes: ['admin', 'tools:call', 'tools:read'] },
          { name: 'agent', key: AGENT, scopes: ['tools:call:everything_*'] },
          { name: 'other', key: OTHER, scopes: ['tools:call:other_*'] },
        ],
      },
      upstreams: {
        everything: {
          command: [process.execPath, join(dirname(manifest), 'dist/index.js'), 'stdio'],
          trust: 'open',
          prompts: { enabled: true },
          resources: { enabled: true },
        },
      },
    }),
  );
}

interface Connected {
  readonly client: Client;
  readonly notified: string[];
}

async function connect(server: HttpServerProcess, era: 'legacy' | 'modern', key: string): Promise<Connected> {
  const notified: string[] = [];
  const onChanged = (list: string) => ({
    autoRefresh: false,
    debounceMs: 0,
    onChanged: () => void notified.push(list),
  });
  const client = new Client(
    { name: 'e2e', version: '1' },
    {
      versionNegotiation: { mode: era === 'legacy' ? 'legacy' : { pin: '2026-07-28' } },
      listChanged: { tools: onChanged('tools'), prompts: onChanged('prompts'), resources: onChanged('resources') },
    },
  );
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', server.url), { requestInit }));
  return { client, notified };
}

async function switchTool(server: HttpServerProcess, tool: string, action: 'enable' | 'disable'): Promise<void> {
  const headers = { authorization: `Bearer ${ADMIN}` };
  const response = await fetch(`${server.url}/tools/${tool}/${action}`, { method: 'POST', headers });
  expect(response.status).toBe(200);
}

test.each(['legacy', 'modern'] as const)(
  'a client of the %s era lists, gets and reads what its scopes cover, and hears of changes that it can see',
  async (era) => {
    await using server = await startHttpServer({ configFile: configuration(), env: { MCP_SECURITY_API_KEY: '' } });
    const agent = await connect(server, era, AGENT);
    const other = await connect(server, era, OTHER);
    await vi.waitFor(async () => expect((await agent.client.listPrompts()).prompts.length).toBeGreaterThan(2), {
      timeout: 60_000,
      interval: 200,
    });
    const own = (await other.client.listPrompts()).prompts.map(({ name }) => name);
    expect(own.filter((name) => name.startsWith('everything_'))).toEqual([]);
    const { prompts } = await agent.client.listPrompts();
    expect(prompts.map(({ name }) => name)).toContain('everything_simple-prompt');
    const { messages } = await agent.client.getPrompt({ name: 'everything_simple-prompt' });
    expect(messages[0]?.content).toMatchObject({ type: 'text' });
    await expect(other.client.getPrompt({ name: 'everything_simple-prompt' })).rejects.toThrow(/no such prompt/u);

    const { resources } = await agent.client.listResources();
    const resource = resources.find(({ uri }) => uri.startsWith('everything+'));
    expect(resource).toBeDefined();
    const { contents } = await agent.client.readResource({ uri: resource!.uri });
    expect(contents[0]).toMatchObject({ uri: resource!.uri });
    const audited = await fetch(`${server.url}/executions`, {
      headers: { authorization: `Bearer ${ADMIN}` },
    });
    const { entries } = (await audited.json()) as { entries: readonly { tool: string; upstream?: object }[] };
    expect(entries).toContainEqual(
      expect.objectContaining({
        tool: 'everything_simple-prompt',
        upstream: expect.objectContaining({ tool: 'simple-prompt', request: 'prompts/get' }),
      }),
    );
    expect(entries).toContainEqual(
      expect.objectContaining({
        tool: resource!.uri,
        upstream: expect.objectContaining({ request: 'resources/read' }),
      }),
    );
    await expect(other.client.readResource({ uri: resource!.uri })).rejects.toThrow(/not found/iu);
    expect((await other.client.listResources()).resources.some(({ uri }) => uri.startsWith('everything+'))).toBe(false);

    await vi.waitFor(() => expect(agent.notified).toContain('tools'));
    const before = [agent, other].map(({ notified }) => notified.length);
    await switchTool(server, 'everything_echo', 'disable');
    await vi.waitFor(() => expect(agent.notified.length).toBe(before[0]! + 1));
    await switchTool(server, 'everything_echo', 'enable');
    await vi.waitFor(() => expect(agent.notified.length).toBe(before[0]! + 2));
    expect(agent.notified.slice(before[0])).toEqual(['tools', 'tools']);
    expect(other.notified.length).toBe(before[1]);
    await Promise.all([agent, other].map(({ client }) => client.close()));
  },
);
