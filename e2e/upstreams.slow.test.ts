/** Published MCP servers as upstreams of the built server, over stdio. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, expect, test, vi } from 'vitest';

import {
  apiKey,
  runServer,
  scratch,
  startHttpServer,
  type HttpServerProcess,
  type Scratch,
} from './harness/server-process.ts';

vi.setConfig({ testTimeout: 300_000 });

let place: Scratch;
afterEach(() => place[Symbol.dispose]());

const MANIFESTS = {
  everything: import.meta.resolve('@modelcontextprotocol/server-everything/package.json'),
  filesystem: import.meta.resolve('@modelcontextprotocol/server-filesystem/package.json'),
  memory: import.meta.resolve('@modelcontextprotocol/server-memory/package.json'),
};

function programOf(name: keyof typeof MANIFESTS): string {
  return join(dirname(fileURLToPath(MANIFESTS[name])), 'dist/index.js');
}

/** The three servers, with a file that filesystem may read. */
function configuration(trust = 'firstUse'): string {
  place = scratch();
  place.write('hello.txt', 'Hello from a file');
  const { folder } = place;
  const node = process.execPath;
  return place.write(
    'config.yaml',
    JSON.stringify({
      presets: [],
      federation: { lockFile: join(folder, 'upstreams.lock.json') },
      upstreams: {
        everything: { command: [node, programOf('everything'), 'stdio'], trust },
        files: { command: [node, programOf('filesystem'), folder], cwd: folder, trust },
        memory: {
          command: [node, programOf('memory')],
          env: { MEMORY_FILE_PATH: join(folder, 'memory.json') },
          trust,
        },
      },
    }),
  );
}

async function call(server: HttpServerProcess, tool: string, args: object): Promise<string> {
  const response = await fetch(`${server.url}/tools/${tool}/execute`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ arguments: args }),
  });
  return response.text();
}

async function upstreamsOf(
  server: HttpServerProcess,
): Promise<readonly { readonly key: string; readonly tools: number; readonly state: string }[]> {
  const response = await fetch(`${server.url}/upstreams`, { headers: { authorization: `Bearer ${apiKey}` } });
  return ((await response.json()) as { upstreams: { key: string; tools: number; state: string }[] }).upstreams;
}

/** Running programs of which the command line names one of the three packages. */
function programs(): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const text = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      return text.includes(place.folder) || readFileSync(`/proc/${pid}/environ`, 'latin1').includes(place.folder);
    } catch {
      return false;
    }
  });
}

test('published servers are called through the server, and none is left after kill -9', async () => {
  await using server = await startHttpServer({ configFile: configuration() });
  await vi.waitFor(
    async () => expect((await upstreamsOf(server)).map(({ tools }) => tools > 0)).toEqual([true, true, true]),
    { timeout: 60_000, interval: 200 },
  );
  expect(await call(server, 'everything_echo', { message: 'hi there' })).toContain('hi there');
  const audit = await fetch(`${server.url}/executions?tool=everything_echo`, {
    headers: { authorization: `Bearer ${apiKey}` },
  });
  expect(await audit.text()).toContain('"upstream":{"name":"everything","tool":"echo","era":"2025"}');
  expect(await call(server, 'files_read_text_file', { path: join(place.folder, 'hello.txt') })).toContain(
    'Hello from a file',
  );
  expect(await call(server, 'files_read_text_file', { path: '/etc/passwd' })).not.toContain('root:');
  const entity = { name: 'Ana', entityType: 'person', observations: ['likes tests'] };
  await call(server, 'memory_create_entities', { entities: [entity] });
  expect(await call(server, 'memory_read_graph', {})).toContain('likes tests');
  const before = programs();
  expect(before.length).toBeGreaterThan(2);
  const headers = { authorization: `Bearer ${apiKey}` };
  const restarted = await fetch(`${server.url}/upstreams/memory/restart`, { method: 'POST', headers });
  expect(await restarted.json()).toMatchObject({ key: 'memory', connections: 0 });
  expect(await call(server, 'memory_read_graph', {})).toContain('likes tests');
  await vi.waitFor(() => expect(before.every((pid) => programs().includes(pid))).toBe(false), { timeout: 20_000 });
  server.process.kill('SIGKILL');
  await vi.waitFor(() => expect(programs()).toEqual([]), { timeout: 20_000 });
});

test('the command line approves, compares and locks the tools of published servers', async () => {
  const config = configuration('locked');
  const upstreams = (...args: string[]): ReturnType<typeof runServer> =>
    runServer(['upstreams', ...args, '--config', config]);
  expect(await upstreams('check', '--locked')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('waits     everything_echo, which is new'),
  });
  expect((await upstreams('approve', 'everything_nothing')).stdout).toContain(
    'No tool or prompt named everything_nothing',
  );
  expect(await upstreams('approve')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('approved files_read_text_file'),
  });
  expect(await upstreams('check', '--locked')).toMatchObject({ code: 0 });
  const lock = join(place.folder, 'upstreams.lock.json');
  const content = JSON.parse(readFileSync(lock, 'utf8')) as {
    upstreams: Record<string, { tools: Record<string, { hash: string; description: string }> }>;
  };
  const { tools } = content.upstreams['everything']!;
  Object.assign(tools['echo']!, { hash: 'another', description: 'An older text' });
  tools['removed'] = tools['echo']!;
  place.write('upstreams.lock.json', JSON.stringify(content));
  const diff = await upstreams('diff');
  expect(diff.stdout).toMatch(/everything_echo is changed\n {2}description\n {2}- An older text\n {2}\+ /);
  const after = await upstreams('check', '--locked');
  expect(after.code).toBe(1);
  expect(after.stdout).toContain('gone      removed, which was approved');
  expect((await runServer(['--check', '--live', '--config', config])).stdout).toContain('offered   memory_read_graph');
  expect(programs()).toEqual([]);
});
