/** Clients that people use lose nothing of published servers behind this one, also beside an upstream that sends what they cannot read. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { agentLibraries, type ConnectedAgent } from '../harness/agent-libraries.ts';
import { clientKinds, type TestClient } from '../harness/clients.ts';
import { apiKey, scratch, startHttpServer, type HttpServerProcess, type Scratch } from '../harness/server-process.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const everything = import.meta.resolve('@modelcontextprotocol/server-everything/package.json');
const filesystem = import.meta.resolve('@modelcontextprotocol/server-filesystem/package.json');
const memory = import.meta.resolve('@modelcontextprotocol/server-memory/package.json');
const programOf = (manifest: string): string => join(dirname(fileURLToPath(manifest)), 'dist/index.js');

let place: Scratch;
let server: HttpServerProcess;
let offered: string[];

async function get<T>(path: string): Promise<T> {
  const response = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${apiKey}` } });
  return (await response.json()) as T;
}

interface Report {
  readonly tools: readonly { readonly name: string }[];
  readonly withheld: readonly { readonly name: string }[];
}

beforeAll(async () => {
  place = scratch();
  const { folder } = place;
  place.write('hello.txt', 'Hello from a file');
  const node = process.execPath;
  const upstreams = {
    everything: {
      command: [node, programOf(everything), 'stdio'],
      prompts: { enabled: true },
      resources: { enabled: true },
    },
    files: { command: [node, programOf(filesystem), folder], cwd: folder },
    memory: { command: [node, programOf(memory)], env: { MEMORY_FILE_PATH: join(folder, 'memory.json') } },
    hostile: {
      command: [node, fileURLToPath(new URL('hostile-upstream.mjs', import.meta.url))],
      prompts: { enabled: true },
      resources: { enabled: true },
    },
  };
  const federation = { lockFile: join(folder, 'lock.json') };
  const security = { rateLimit: { requests: 10_000, window: 60 } };
  const configFile = place.write('config.yaml', JSON.stringify({ presets: [], security, federation, upstreams }));
  server = await startHttpServer({ configFile });
  const keys = Object.keys(upstreams);
  await vi.waitFor(
    async () => {
      const reports = await Promise.all(keys.map((key) => get<Report>(`/upstreams/${key}`)));
      if (reports.some(({ tools }) => tools.length === 0)) throw new Error('An upstream has not been listed yet.');
      offered = reports.flatMap(({ tools }) => tools.map(({ name }) => name));
    },
    { timeout: 100_000, interval: 200 },
  );
});

afterAll(async () => {
  await server.stop();
  place[Symbol.dispose]();
});

test('only tools that no client could list are withheld', async () => {
  const { withheld } = await get<Report>('/upstreams/hostile');
  const names = ['boolean_property', 'dialect_number', 'no_properties', 'required_text'];
  expect(withheld.map(({ name }) => name)).toEqual(names);
});

describe.each(clientKinds)('$name', ({ connect }) => {
  let client: TestClient;
  beforeAll(async () => {
    client = await connect({ transport: 'http', url: server.url });
  });
  afterAll(() => client[Symbol.asyncDispose]());

  test('lists every tool, prompt and resource', async () => {
    const names = await client.toolNames();
    expect(names).toEqual(expect.arrayContaining(offered));
    expect(await client.promptNames()).toEqual(expect.arrayContaining(['everything_simple-prompt', 'hostile_p']));
    expect(await client.resourceUris()).toContain('hostile+a:b');
  });

  test('calls tools of each', async () => {
    const echo = await client.call('everything_echo', { message: 'hi there' });
    expect(echo).toMatchObject({ isError: false, text: 'Echo: hi there' });
    const structured = await client.call('everything_get-structured-content', { location: 'New York' });
    expect(structured.structured).toHaveProperty('temperature');
    const read = await client.call('files_read_text_file', { path: join(place.folder, 'hello.txt') });
    expect(read.text).toBe('Hello from a file');
    expect((await client.call('memory_read_graph', {})).structured).toHaveProperty('entities');
    for (const name of offered.filter((each) => each.startsWith('hostile_'))) {
      const answer = await client.call(name, {});
      expect([name, answer.isError, answer.text.split('\n')[0]]).toEqual([name, false, 'done']);
    }
  });
});

describe.each(agentLibraries)('$name', ({ connect }) => {
  let agent: ConnectedAgent;
  beforeAll(async () => {
    agent = await connect(server.url);
  });
  afterAll(() => agent[Symbol.asyncDispose]());

  test('lists every tool and gives the model what it answers', async () => {
    expect(await agent.toolNames()).toEqual(expect.arrayContaining(offered));
    expect(await agent.modelReads('everything_echo', { message: 'hi there' })).toContain('Echo: hi there');
    const path = join(place.folder, 'hello.txt');
    expect(await agent.modelReads('files_read_text_file', { path })).toContain('Hello from a file');
    expect(await agent.modelReads('memory_read_graph', {})).toContain('entities');
    expect(await agent.modelReads('hostile_out_id', {})).toContain('done');
  });
});
