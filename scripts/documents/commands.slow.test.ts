/**
 * Every shell block of a document runs here as it is written, or a test or gate that runs its commands is named here. Replaced are hosts
 * of other people, paths outside the folder of the test, and what would ask a person.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { type CodeBlock, codeBlocks, documents } from './markdown.ts';
import { stopServer, untilListening } from './started-server.ts';
import { makeWorkplace, type Workplace } from './shell-blocks.ts';

interface Run {
  readonly replace?: Readonly<Record<string, string>>;
  /** Runs first. */
  readonly before?: string;
  /** In its output. */
  readonly says: RegExp;
}

const KEY = 'k'.repeat(32);
const filesIn = (folder: string): Record<string, string> => ({
  'mcp-server.yaml': `
security: { allowedTargets: [loopback], apiKeys: [{ name: me, key: ${KEY}, scopes: [admin, tools:call, tools:read] }] }
tools:
  ping: { description: Says the target, command: echo, args: ['{target}'], target: ip_or_host }
  disks: { description: Free space of every file system, command: df, args: [-h] }
  scan: { description: Scans a network, command: ${join(folder, 'bin/nmap')}, args: ['-sn', '{target}'], target: cidr, job: { mode: auto } }
`,
  'upstreams.yaml': `
upstreams:
  github:
    command: [${process.execPath}, ${resolve('apps/server/dist/main.js')}, --config, ${join(folder, 'code.yaml')}]
    tools: { include: [search_code] }
    trust: locked
`,
  'code.yaml': 'presets: []\ntools: { search_code: { description: Finds code, command: echo } }\n',
  'key.txt': `${KEY}\n`,
});
const FILE = { FILE: 'mcp-server.yaml' };
const IN_ETC = { '/etc/': 'etc/', '/opt/': 'opt/' };

/** By document and by how the block begins. */
const runs: Readonly<Record<string, Run>> = {
  'README.md npx -y pnpm@12.21.0 exec mcp-server init': {
    replace: { 'server init ': 'server init first.yaml ' },
    says: /Wrote first\.yaml[\s\S]*is valid[\s\S]*0 problems/,
  },
  'docs/adding-a-tool.md mcp-server --check': { replace: FILE, says: /tools\.disks = [\s\S]*0 problems/ },
  'docs/apis.md mcp-server apis check': { before: 'cd examples/rest-api', says: /3 operations: 1 are offered/ },
  'docs/clients.md npx -y pnpm@12.21.0 exec mcp-server client': { says: /Wrote .*claude_desktop_config\.json/ },
  'docs/clients.md claude mcp add': { says: /^$/ },
  'docs/command-line.md mcp-server call': {
    replace: { 'web.lab.internal': 'localhost', '10.0.0.7': '127.0.0.1' },
    says: /uptime[\s\S]*"structuredContent"[\s\S]*^127\.0\.0\.1$/m,
  },
  'docs/command-line.md mcp-server tools': {
    replace: { 'https://tools.example.com': 'http://127.0.0.1:8080' },
    says: /^disks +ready[\s\S]*"name": ?"disks"/m,
  },
  'docs/command-line.md mcp-server keys': { says: /^mcp_\S+$[\s\S]*^ci +key store[\s\S]*Removed the key ci/m },
  'docs/command-line.md mcp-server client': { says: /Wrote [\s\S]*\[mcp_servers\.tools\]/ },
  'docs/command-line.md mcp-server upstreams': {
    before: 'export MCP_CONFIG_FILE=upstreams.yaml',
    // It exits with 1, since nothing was approved so far.
    replace: { '--locked': '--locked || [ $? = 1 ]' },
    says: /github_search_code, which is new[\s\S]*approved github_search_code/,
  },
  'docs/command-line.md mcp-server init': { replace: { init: 'init second.yaml' }, says: /Wrote second\.yaml/ },
  'docs/command-line.md mcp-server --check': {
    replace: { 'mcp-server --tr': 'served mcp-server --tr' },
    says: /tools\.disks = [\s\S]*^disks +Free space[\s\S]*listening on http/m,
  },
  'docs/desktop.md npx -y pnpm@12.21.0 install': {
    replace: { 'server init': 'server init third.yaml' },
    says: /Wrote third/,
  },
  'docs/desktop.md npx -y pnpm@12.21.0 exec mcp-server client': { says: /Wrote .*mcp\.json/ },
  'docs/desktop.md /path/to/node_modules': {
    replace: { '/path/to/node_modules': resolve('node_modules'), '/path/to/': '', 'add vscode': 'add vscode --yes' },
    says: /Wrote .*\.vscode\/mcp\.json/,
  },
  'docs/desktop.md npx -y pnpm@12.21.0 exec mcp-server doctor': { says: /0 problems[\s\S]*Filesystem/ },
  'docs/deployment.md npm install /tmp/mcp-packages': {
    replace: {
      'mcp-server init': 'mcp-server init fourth.yaml',
      'npx --no -- mcp-server --tr': 'served mcp-server --tr',
    },
    says: /Wrote fourth[\s\S]*0 problems[\s\S]*listening on http/,
  },
  'docs/deployment.md npm install --global': { replace: IN_ETC, says: /Wrote etc\/mcp-server\/mcp-server\.yaml/ },
  'docs/deployment.md /opt/mcp-server/bin/mcp-server keys': {
    before: 'export MCP_SECURITY_KEY_STORE=$PWD/etc/mcp-server/keys.json',
    replace: IN_ETC,
    says: /^mcp_\S+$/m,
  },
  'docs/deployment.md docker build -f deploy/docker/Dockerfile -t mcp-server': { says: /^$/ },
  'docs/deployment.md docker build -f deploy/docker/Dockerfile -t registry': { says: /^$/ },
  'docs/deployment.md printf': { says: /mcp_/ },
  'docs/deployment.md kubectl apply': { says: /^$/ },
  'docs/deployment.md helm install': { says: /^$/ },
  'docs/how-to-add.md git log': { before: `cd ${resolve('.')}`, says: /files? changed/ },
  'docs/jobs.md curl': { before: `KEY=${KEY}`, replace: { '10.0.0.0/24': '127.0.0.0/30' }, says: /202 Accepted/ },
  'docs/operations.md curl': {
    before: `KEY=${KEY}`,
    says: /"status"[\s\S]*^# TYPE mcp_\w+[\s\S]*"entries"[\s\S]*^disks +ready/m,
  },
  'docs/upgrading.md npm install --global': { replace: { ...IN_ETC, 'etc/mcp-server/': '' }, says: /tools\.disks = / },
  'docs/upgrading.md docker tag': { says: /^$/ },
  'docs/upgrading.md kubectl': { says: /^$/ },
  'docs/upgrading.md mcp-server --check': { replace: { '/etc/mcp-server/': '' }, says: /tools\.disks = / },
};

/** Commands that need minutes, a clone of their own or the registry: the test or gate that runs them. */
const elsewhere: Readonly<Record<string, string>> = {
  'CONTRIBUTING.md ': 'scripts/check.ts',
  'README.md npx -y pnpm@12.21.0 start': 'package.json',
  'README.md curl': 'scripts/documents/readme.slow.test.ts',
  'apps/server/README.md ': 'scripts/documents/readme.slow.test.ts',
  'docs/clients.md npx @modelcontextprotocol/inspector': 'e2e/interop/programs.slow.test.ts',
  'docs/deployment.md npx -y pnpm@12.21.0 install': 'scripts/check-packages.ts',
  'docs/how-to-add.md npx': 'scripts/check.ts',
  'docs/measurements.md ': 'benchmarks/soak/soak.ts',
  'packages/': 'scripts/check-packages.ts',
  'templates/': 'scripts/new-package.slow.test.ts',
};

const blocks = documents().flatMap((file) => codeBlocks(file, 'sh', 'bash'));
const nameOf = ({ file, text }: CodeBlock): string => `${file} ${text.trim()}`;
const startOf = <T>(table: Readonly<Record<string, T>>, block: CodeBlock): string | undefined =>
  Object.keys(table).find((start) => nameOf(block).startsWith(start));

let place: Workplace;
let port: number;
let free: number;
let server: ChildProcess;

beforeAll(async () => {
  [port, free] = [await freePort(), await freePort()];
  place = makeWorkplace({ server: port, free }, filesIn);
  server = spawn('mcp-server', ['--transport', 'http'], {
    cwd: place.folder,
    env: { ...place.env, MCP_LOGGING_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await untilListening(server, port);
}, 120_000);

afterAll(async () => {
  await stopServer(server);
  rmSync(place.folder, { recursive: true, force: true });
}, 120_000);

test.each(
  Object.entries(runs).flatMap(([name, run]) =>
    blocks.filter((block) => nameOf(block).startsWith(name)).map((block) => ({ name, run, block })),
  ),
)(
  '$name',
  async ({ run, block }) => {
    const { before = '', replace = {}, says } = run;
    let text = block.text;
    for (const [from, to] of Object.entries(replace)) text = text.replaceAll(from, to);
    text = text.replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`).replaceAll('--port 8080', `--port ${free}`);
    const { code, stdout, stderr } = await place.run(`${before}\n${text}`);
    expect({ code, said: stdout + stderr }).toEqual({ code: 0, said: expect.stringMatching(says) as string });
  },
  // Several servers start in some blocks; on a loaded machine each takes half a minute.
  300_000,
);

test('the module of docs/modules.md becomes a tool that asks before it acts', async () => {
  const [declaration] = codeBlocks('docs/modules.md', 'yaml');
  const [module] = codeBlocks('docs/modules.md', 'js');
  writeFileSync(join(place.folder, 'module.yaml'), declaration?.text ?? '', { mode: 0o600 });
  writeFileSync(join(place.folder, 'my-tools.mjs'), module?.text ?? '', { mode: 0o600 });
  const run = await place.run(
    'mcp-server --list-tools --config module.yaml; mcp-server call remove_note --local --config module.yaml',
  );
  expect(run.stdout).toMatch(/^remove_note +Removes the note of today, after asking$/m);
  // Nobody can be asked on the command line.
  expect(run.stderr).toContain("needs the user's input");
});

test('every shell block is run, here or where it is said', () => {
  const unknown = blocks.filter((block) => [startOf(runs, block), startOf(elsewhere, block)].every((start) => !start));
  expect(unknown.map(nameOf)).toEqual([]);
  const used = new Set(blocks.flatMap((block) => [startOf(runs, block), startOf(elsewhere, block)]));
  expect([...Object.keys(runs), ...Object.keys(elsewhere)].filter((start) => !used.has(start))).toEqual([]);
  expect(Object.values(elsewhere).filter((file) => !existsSync(file))).toEqual([]);
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
