/**
 * The container image, built and run on a machine without an engine: deploy/docker/Dockerfile as it is, by buildah, over a
 * stand-in for its base (see image/stand-in-base.ts), then started as its configuration says.
 *
 * Needs root and the Debian packages buildah, mmdebstrap and bubblewrap; without them it is skipped, by name.
 */
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

import { Checklist } from './checklist.ts';
import { ImageStore, type ImageConfig } from './image/image-store.ts';
import {
  type ContainerOptions,
  runInContainer,
  startContainer,
  type RunningContainer,
} from './image/sandboxed-container.ts';
import { baseOf, makeStandInBase } from './image/stand-in-base.ts';
import { mustRun, runProgram } from './run-program.ts';

const DOCKERFILE = 'deploy/docker/Dockerfile';
const IMAGE = 'mcp-server';
const KEY = 'key-of-the-image-check';
const OLDER_AUDIT_LOG = 'apps/server/src/foundation/test-support/state/format-1/audit.sqlite';
const PLACE = '/etc/mcp-server';
const settings = `
security: { allowedTargets: [loopback] }
database: { url: 'sqlite:/var/lib/mcp-server/audit.db', retentionDays: 3650 }
`;
const checklist = new Checklist();

const reason = await whyNot();
if (reason === undefined) {
  const workshop = mkdtempSync(join(tmpdir(), 'check-image-'));
  try {
    await using store = await ImageStore.create(workshop);
    const built = await checklist.check('the Dockerfile builds, over a stand-in for its base', () => build(store));
    if (built) await checkBuilt(store, workshop);
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
} else {
  checklist.skip('the container image', reason);
}
checklist.finish('reports/totals-of-image.json');

async function whyNot(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'making a base and running it needs root';
  for (const program of ['buildah', 'mmdebstrap', 'bwrap']) {
    const found = await runProgram(program, ['--version']).catch(() => undefined);
    if (found?.code !== 0) return `${program} is not installed; Debian has buildah, mmdebstrap and bubblewrap`;
  }
  const { code } = await runProgram('unshare', ['--mount', '--pid', '--fork', 'mount', '-t', 'tmpfs', 'none', '/mnt']);
  return code === 0 ? undefined : 'this machine lets nobody mount anything, as in a container without privileges';
}

async function build(store: ImageStore): Promise<void> {
  await makeStandInBase(store, baseOf(DOCKERFILE));
  await store.build({ dockerfile: DOCKERFILE, name: IMAGE, caches: await cachesOfThisMachine() });
}

/** What the machine has fetched before need not be fetched again; integrity is checked all the same. */
async function cachesOfThisMachine(): Promise<Record<string, string>> {
  const { packageManager } = JSON.parse(readFileSync('package.json', 'utf8')) as { packageManager: string };
  const pnpm = (await mustRun('npx', ['-y', packageManager, 'store', 'path'])).stdout.trim();
  // That every package of the lockfile is in the registry as it says was checked by the install on this machine.
  const verified = (await mustRun('npx', ['-y', packageManager, 'cache', 'path'])).stdout.trim();
  const npm = (await mustRun('npm', ['config', 'get', 'cache'])).stdout.trim();
  return { [pnpm]: '/root/.local/share/pnpm/store/v11', [verified]: '/root/.cache/pnpm', [npm]: '/root/.npm' };
}

async function checkBuilt(store: ImageStore, workshop: string): Promise<void> {
  const config = await store.config(IMAGE);
  const { root } = await store.containerFrom(IMAGE);
  const port = await freePort();
  const container: ContainerOptions = {
    root,
    config,
    mounts: { [folderWith(workshop, 'configuration', { 'mcp-server.yaml': settings, key: KEY })]: PLACE },
    writable: { [folderWith(workshop, 'audit', { 'audit.db': readFileSync(OLDER_AUDIT_LOG) })]: '/var/lib/mcp-server' },
    environment: { MCP_SERVER_PORT: String(port), MCP_SECURITY_API_KEY_FILE: `${PLACE}/key` },
  };
  await checklist.check('it says that it is no root and how to ask for its health', () => checkConfig(config));
  await checklist.check('its health check fails while nothing runs', async () => {
    if ((await health(container)) === 0) throw new Error('it passed');
  });
  await checklist.check('inside, the doctor finds every program of the presets and no problem', () =>
    checkDoctor(container),
  );

  const entry = [...config.Entrypoint, '--config', `${PLACE}/mcp-server.yaml`];
  await using running = await startContainer(container, entry);
  const healthy = await checklist.check('it becomes healthy: read-only, without root and without a capability', () =>
    becomesHealthy(container, running),
  );
  if (!healthy) return;
  await checklist.check('a real client lists its tools and runs a program of the image', () => checkClient(port));
  await checklist.check(
    'a probe gets an answer whatever it calls the server, a rebound name reaches nothing else',
    () => checkHosts(port),
  );
  await checklist.check('it reads and continues the audit log that an older server left in the volume', async () => {
    const tools = await auditedTools(port);
    if (!['ping', 'traceroute'].every((tool) => tools.includes(tool))) throw new Error(tools.join(', '));
  });
  await checklist.check('SIGTERM ends it with 0', async () => {
    running.signal('SIGTERM');
    const { code, stderr } = await running.ended;
    if (code !== 0) throw new Error(`ended with ${code}\n${stderr}`);
  });
  await checklist.check('on a volume of a newer server it serves, and leaves the audit log as it is', async () => {
    const file = join(workshop, 'audit', 'audit.db');
    setFormat(file, 99);
    await using older = await startContainer(container, entry);
    await becomesHealthy(container, older);
    await checkClient(port);
    older.signal('SIGTERM');
    const { stderr } = await older.ended;
    if (!stderr.includes('was written by a newer server')) throw new Error(stderr);
    if (setFormat(file, 99) !== 99) throw new Error('the format was changed');
  });
}

function checkConfig({ User, Healthcheck, Env }: ImageConfig): void {
  if (!/^[1-9]\d*:[1-9]\d*$/u.test(User)) throw new Error(`user: ${User}`);
  if (Healthcheck?.Test[0] !== 'CMD') throw new Error(`health check: ${JSON.stringify(Healthcheck)}`);
  const secret = Env.find((pair) => /KEY|TOKEN|PASSWORD/u.test(pair));
  if (secret !== undefined) throw new Error(`a secret in the environment: ${secret}`);
}

async function health(container: ContainerOptions): Promise<number | null> {
  return (await runInContainer(container, container.config.Healthcheck?.Test.slice(1) ?? [])).code;
}

async function checkDoctor(container: ContainerOptions): Promise<void> {
  const args = ['node', '/app/dist/main.js', 'doctor', '--config', `${PLACE}/mcp-server.yaml`];
  const { code, stdout, stderr } = await runInContainer(container, args);
  if (code !== 0) throw new Error(stdout + stderr);
}

async function becomesHealthy(container: ContainerOptions, running: RunningContainer): Promise<void> {
  const early = running.ended.then(({ code, stdout, stderr }) => {
    throw new Error(`it ended with ${code}\n${stdout}${stderr}`);
  });
  const asked = async (): Promise<void> => {
    // As often as an engine would at the interval, start period and retries of the Dockerfile, only faster.
    for (let turn = 0; turn < 30; turn += 1) {
      if ((await health(container)) === 0) return;
      await pause(500);
    }
    throw new Error('still not healthy');
  };
  await Promise.race([asked(), early]);
}

async function checkClient(port: number): Promise<void> {
  const client = new Client({ name: 'image-check', version: '0' });
  const headers = { authorization: `Bearer ${KEY}` };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`), { requestInit: { headers } }),
  );
  try {
    const names = new Set((await client.listTools()).tools.map(({ name }) => name));
    const missing = ['ping', 'traceroute', 'dig', 'whois', 'curl_head'].filter((name) => !names.has(name));
    if (missing.length > 0) throw new Error(`missing: ${missing.join(', ')} among ${[...names].join(', ')}`);
    const answer = await client.callTool({ name: 'traceroute', arguments: { target: '127.0.0.1' } });
    if (answer.isError || !JSON.stringify(answer._meta).includes('"exitCode":0')) {
      throw new Error(JSON.stringify(answer));
    }
  } finally {
    await client.close();
  }
}

/** The tools of the entries of the audit log. Entries are written in the background. */
async function auditedTools(port: number): Promise<string[]> {
  let tools: string[] = [];
  for (let turn = 0; turn < 30 && !tools.includes('traceroute'); turn += 1) {
    if (turn > 0) await pause(500);
    const response = await fetch(`http://127.0.0.1:${port}/executions`, {
      headers: { authorization: `Bearer ${KEY}` },
    });
    const { entries } = (await response.json()) as { entries: { tool: string }[] };
    tools = entries.map(({ tool }) => tool);
  }
  return tools;
}

/** @returns the format that it had */
function setFormat(file: string, format: number): unknown {
  const database = new DatabaseSync(file);
  try {
    const before = database.prepare('PRAGMA user_version').get()?.['user_version'];
    database.exec(`PRAGMA user_version = ${format}`);
    return before;
  } finally {
    database.close();
  }
}

/** 127.0.0.2 is this machine too, and in no list: it stands for the address of a pod. */
async function checkHosts(port: number): Promise<void> {
  const status = async (name: string, path: string): Promise<number | undefined> => {
    const request = get({ host: '127.0.0.2', port, path, headers: { host: `${name}:${port}` } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  };
  const names = ['127.0.0.2', 'rebound.example'];
  const probes = await Promise.all(names.map((name) => status(name, '/health/ready')));
  // Without a key: the first is asked for one.
  const others = await Promise.all(names.map((name) => status(name, '/tools')));
  const found = [...probes, ...others].join();
  if (found !== '200,200,401,403') throw new Error(`answered ${found}`);
}

/** Owned by the user of the image. */
function folderWith(workshop: string, name: string, files: Readonly<Record<string, string | Buffer>>): string {
  const folder = join(workshop, name);
  mkdirSync(folder);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
  for (const path of [folder, ...Object.keys(files).map((file) => join(folder, file))]) chownSync(path, 1000, 1000);
  return folder;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
