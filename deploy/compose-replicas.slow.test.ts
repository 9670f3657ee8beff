/**
 * What compose.replicas.yaml starts, without Docker: the programs of its images with its commands, variables, secrets, configuration
 * files and nginx.conf, on this machine. Only names of hosts and mounted paths are replaced by local ones.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { CORE_SCHEMA, load, mergeTag } from 'js-yaml';
import { afterEach, expect, test } from 'vitest';

import { canRunPostgres, PostgresServer } from '../e2e/harness/postgres-server.ts';
import { freePort } from '../e2e/harness/server-process.ts';

interface Service {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
}

const folder = fileURLToPath(new URL('docker/', import.meta.url));
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const text = read('compose.replicas.yaml');
const compose = load(text, { schema: CORE_SCHEMA.withTags(mergeTag) }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
};
const { valkey, postgres: database, nginx, ...servers } = compose.services;
const image = read('Dockerfile');
const main = fileURLToPath(new URL('../apps/server/dist/main.js', import.meta.url));
const has = (program: string, ...args: readonly string[]): boolean => spawnSync(program, args).status === 0;
/** Redis speaks the protocol of Valkey and takes the same options. */
const canRun = canRunPostgres && has('redis-server', '--version') && has('nginx', '-v') && has('openssl', 'version');

const children: ChildProcess[] = [];
/** The servers that are to run, by name. */
const processes = new Map<string, ChildProcess>();
/** What they print on standard error, for a test that fails. */
let said = '';
const postgres = new PostgresServer();
let place = '';
afterEach(async () => {
  processes.clear();
  for (const child of children.toReversed()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const exit = once(child, 'exit');
    // Its workers would outlive a master of nginx that is killed.
    child.kill(child.spawnfile === 'nginx' ? 'SIGTERM' : 'SIGKILL');
    await exit;
  }
  await postgres[Symbol.asyncDispose]();
  rmSync(place, { recursive: true, force: true });
});

function begin(program: string, args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn(program, args, {
    cwd: place,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  children.push(child);
  return child;
}

/** The commands in the head of the file that make the secrets. */
const preparation = text
  .split('\n')
  .filter((line) => /^# {3}(?:for|echo) /u.test(line))
  .map((line) => line.slice(4));

test.runIf(canRun)(
  'three servers, the engine, the database and nginx of compose.replicas.yaml work together',
  { timeout: 500_000 },
  async () => {
    place = mkdtempSync(join(tmpdir(), 'compose-'));
    expect(preparation).toHaveLength(2);
    expect(spawnSync('sh', ['-ec', preparation.join('\n')], { cwd: place }).status).toBe(0);
    await postgres.start();
    const password = readFileSync(join(place, 'mcp-postgres-password'), 'utf8').trim();
    const { POSTGRES_USER: user, POSTGRES_DB: name } = database?.environment ?? {};
    postgres.query(`create role ${user} login password '${password}'`);
    postgres.query(`create database ${name} owner ${user}`);

    const [enginePort, nginxPort] = [await freePort(), await freePort()];
    const ports = new Map<string, number>();
    for (const server of Object.keys(servers)) ports.set(server, await freePort());
    /** Names of the networks of Compose, and paths inside its containers. */
    const local = new Map<string, string>([
      ['/tmp/', `${place}/`],
      ['//valkey:6379', `//127.0.0.1:${enginePort}`],
      ['@postgres:5432', `@${new URL(postgres.url).host}`],
      ['/etc/mcp-server', join(folder, 'config-replicas')],
      ['listen 8080', `listen 127.0.0.1:${nginxPort}`],
      ['/dev/stderr', join(place, 'error.log')],
      ...Object.entries(compose.secrets).map(
        ([secret, { file }]) => [`/run/secrets/${secret}`, join(place, file)] as const,
      ),
      ...[...ports].map(([server, port]) => [`${server}:8080`, `127.0.0.1:${port}`] as const),
    ]);
    const here = (given: string): string => {
      let replaced = given;
      for (const [from, to] of local) replaced = replaced.replaceAll(from, to);
      return replaced;
    };
    const urlFile = join(place, 'mcp-database-url');
    writeFileSync(urlFile, here(readFileSync(urlFile, 'utf8')));

    const [, ...engineOptions] = valkey?.command ?? [];
    begin('redis-server', [...engineOptions, '--port', `${enginePort}`, '--bind', '127.0.0.1'], {});
    // What the image sets, and what Compose adds.
    const variables = [...image.matchAll(/^ {2}(?<name>MCP_[A-Z_]+)=(?<value>\S+)/gmu)].map(
      ({ groups }) => [groups?.['name'] ?? '', groups?.['value'] ?? ''] as const,
    );
    expect(variables.map(([variable]) => variable)).toContain('MCP_SERVER_TRANSPORT');
    const startServer = (server: string): void => {
      const { command = [], environment = {} } = servers[server] ?? {};
      const own = Object.entries(environment).map(([variable, value]) => [variable, here(value)] as const);
      const address = { MCP_SERVER_HOST: '127.0.0.1', MCP_SERVER_PORT: `${ports.get(server)}` };
      mkdirSync(join(place, server), { recursive: true });
      const env = { ...Object.fromEntries([...variables, ...own]), ...address, HOME: join(place, server) };
      const child = begin(process.execPath, ['--max-semi-space-size=8', main, ...command.map(here)], env);
      processes.set(server, child);
      // As `restart: unless-stopped` has it.
      child.once('exit', () => processes.get(server) === child && startServer(server));
    };
    for (const server of Object.keys(servers)) startServer(server);
    const configuration = join(place, 'nginx.conf');
    expect(nginx?.volumes).toContain('./nginx.conf:/etc/nginx/nginx.conf:ro');
    writeFileSync(configuration, here(read('nginx.conf')));
    begin('nginx', ['-p', place, '-c', configuration, '-g', 'daemon off;'], {});

    // The configuration names the address that clients use, on which nginx listens for Compose.
    const key = readFileSync(join(place, 'mcp-server-key'), 'utf8').trim();
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', host: '127.0.0.1:8080' };
    const ask = (path: string, init: { method?: string; body?: string } = {}, port = nginxPort): Promise<Answer> =>
      send(port, path, { ...init, headers });
    const poll = { timeout: 120_000, interval: 200 };
    const ready = async (): Promise<unknown[]> => {
      const answers = [...ports.values()].map(async (port) => (await ask('/health/ready', {}, port)).status);
      return Promise.all(answers).catch(() => [said]);
    };
    await expect.poll(ready, poll).toEqual([200, 200, 200]);
    await expect.poll(async () => (await ask('/health/ready').catch(() => undefined))?.status, poll).toBe(200);
    await expect.poll(async () => (await ask('/metrics')).text, poll).toMatch(/^mcp_cluster_replicas 3$/mu);
    const health = JSON.parse((await ask('/health')).text) as { checks: Record<string, { healthStatus: string }[]> };
    expect(health.checks['cluster']).toMatchObject([{ healthStatus: 'healthy' }]);

    // A job begun through nginx ends, and every server finds it.
    const body = JSON.stringify({ arguments: { target: '10.255.255.254', count: 1 } });
    const begun = await send(nginxPort, '/tools/ping_for_minutes/execute', {
      method: 'POST',
      body,
      headers: { ...headers, prefer: 'respond-async' },
    });
    expect(begun.status).toBe(202);
    const { executionId } = JSON.parse(begun.text) as { executionId: string };
    const statesOf = (): Promise<string[]> =>
      Promise.all(
        [...ports.values()].map(async (port) => {
          const { state } = JSON.parse((await ask(`/executions/${executionId}`, {}, port)).text) as { state: string };
          return ['completed', 'failed'].includes(state) ? 'ended' : state;
        }),
      );
    await expect.poll(statesOf, poll).toEqual(['ended', 'ended', 'ended']);

    // Stopped one after the other, as `docker compose restart` does it. nginx repeats no request that it has sent with POST.
    const answers: string[] = [];
    const restarted = new AbortController();
    const list = {
      method: 'POST',
      headers: { ...headers, accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    };
    const asking = Array.from({ length: 4 }, async () => {
      while (!restarted.signal.aborted) {
        const answer = await send(nginxPort, '/mcp', list).catch(String);
        const isListed = typeof answer === 'object' && answer.status === 200 && answer.text.includes('"tools"');
        answers.push(isListed ? 'listed' : JSON.stringify(answer));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
    for (const [server, child] of processes) {
      child.kill('SIGTERM');
      await expect.poll(() => processes.get(server) === child, poll).toBe(false);
      await expect.poll(ready, poll).toEqual([200, 200, 200]);
    }
    restarted.abort();
    await Promise.all(asking);
    expect(new Set(answers)).toEqual(new Set(['listed']));
  },
);

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Unlike `fetch` it sends the given host. */
async function send(
  port: number,
  path: string,
  options: { readonly method?: string; readonly body?: string; readonly headers: Readonly<Record<string, string>> },
): Promise<Answer> {
  const { request } = await import('node:http');
  const { body, ...rest } = options;
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, agent: false, ...rest }, (response) => {
      let received = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: received }));
    });
    sent.on('error', reject).end(body);
  });
}
