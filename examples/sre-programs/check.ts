/** The ten programs of tools.yaml, called over HTTP where they are installed; every other one is named as skipped. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startServer } from '../server/start-server.ts';

interface Output {
  readonly exitCode: number;
  readonly stdout: string;
  readonly meaning?: string;
}

/** What a program needs to find: a log, a repository, and a web server that is also the API of a cluster. */
const folder = mkdtempSync(join(tmpdir(), 'sre-'));
const logs = join(folder, 'logs');
const repositories = join(folder, 'repositories');
mkdirSync(logs);
mkdirSync(repositories);
writeFileSync(join(logs, 'web.log'), 'GET / 200\nGET /missing 404\n');
writeFileSync(join(folder, 'secret'), 'GET /secret 404\n');
symlinkSync(join(folder, 'secret'), join(logs, 'link.log'));

/** What a program prints, which must succeed. */
function printed(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout;
}

const pods = '/api/v1/namespaces/web/pods';
const web = createServer(({ url }, response) => {
  const isPods = url?.startsWith(pods) === true;
  response.writeHead(200, { 'content-type': isPods ? 'application/json' : 'text/plain' });
  response.end(isPods ? JSON.stringify({ kind: 'PodList', items: [{ metadata: { name: 'web-1' } }] }) : 'hello\n');
});
await new Promise<void>((listening) => web.listen(0, '127.0.0.1', listening));
const address = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
const kubeconfig = join(folder, 'kubeconfig');
writeFileSync(
  kubeconfig,
  JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: address } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: '' } }],
    'current-context': 'c',
  }),
);

const config = join(folder, 'tools.yaml');
const text = readFileSync(new URL('tools.yaml', import.meta.url), 'utf8');
writeFileSync(
  config,
  text
    .replace('/srv/repositories', repositories)
    .replace('/var/log/app', logs)
    .replace('/etc/mcp/kube-ro.yaml', kubeconfig),
);

try {
  await using server = await startServer({ config });

  const call = async (tool: string, values: object): Promise<{ status: number; output: Output; text: string }> => {
    const response = await server.fetch(`/tools/${tool}/execute`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ arguments: values }),
    });
    const body = await response.text();
    const { structuredContent } = JSON.parse(body) as { structuredContent?: Output };
    return { status: response.status, output: structuredContent ?? { exitCode: -1, stdout: '' }, text: body };
  };
  const run = async (tool: string, values: object): Promise<Output> => {
    const { status, output, text: body } = await call(tool, values);
    assert.equal(status, 200, `${tool}: ${body}`);
    return output;
  };
  const isRefused = async (tool: string, values: object): Promise<void> => {
    const { status, text: body } = await call(tool, values);
    assert.equal(status, 400, `${tool} ${JSON.stringify(values)}: ${body}`);
  };

  const checks: Readonly<Record<string, () => Promise<void>>> = {
    async ping() {
      assert.match((await run('ping', { target: '127.0.0.1', count: 1 })).stdout, /1 (?:packets )?received/);
      await isRefused('ping', { target: '8.8.8.8' });
    },
    async dig() {
      const { meaning } = await run('dig', { target: '127.0.0.1', port: 1, name: 'web.lab.internal' });
      assert.equal(meaning, 'the name server did not answer');
      await isRefused('dig', { target: '127.0.0.1', name: '+short' });
    },
    async curl() {
      assert.match((await run('curl', { target: `${address}/a` })).stdout, /200 OK[^]*hello/);
      await isRefused('curl', { target: 'http://example.com/' });
      await isRefused('curl', { target: 'file:///etc/passwd' });
    },
    async openssl() {
      const key = join(folder, 'key.pem');
      const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '7'];
      const names = ['-subj', '/CN=web.lab.internal', '-addext', 'subjectAltName=DNS:web.lab.internal'];
      const certificate = printed('openssl', [...request, '-keyout', key, ...names]);
      assert.match((await run('openssl', { certificate })).stdout, /CN ?= ?web\.lab\.internal[^]*notAfter=/);
    },
    async kubectl() {
      const { stdout } = await run('kubectl', { namespace: 'web' });
      assert.deepEqual(JSON.parse(stdout), { kind: 'PodList', items: [{ metadata: { name: 'web-1' } }] });
      await isRefused('kubectl', { namespace: '../secrets' });
    },
    async journalctl() {
      const { exitCode } = await run('journalctl', { unit: 'no-such-unit.service', lines: 1 });
      assert.ok([0, 1].includes(exitCode));
      await isRefused('journalctl', { unit: 'ssh.service --file=/etc/passwd' });
    },
    async df() {
      assert.match((await run('df', {})).stdout, /^Filesystem/);
    },
    async git() {
      const repository = join(repositories, 'app');
      printed('git', ['init', '-q', repository]);
      const author = ['-c', 'user.name=a', '-c', 'user.email=a@b.c'];
      printed('git', ['-C', repository, ...author, 'commit', '-q', '--allow-empty', '-m', 'First commit']);
      assert.match((await run('git', { repository: 'app', count: 1 })).stdout, /First commit/);
      await isRefused('git', { repository: '..' });
    },
    async jq() {
      const { stdout } = await run('jq', { filter: '[.items[].name]', document: '{"items":\n [{"name":"a"}]}\n' });
      assert.deepEqual(JSON.parse(stdout), ['a']);
      await isRefused('jq', { filter: '-n', document: '{}' });
    },
    async rg() {
      assert.match((await run('rg', { expression: ' 404$', place: 'web.log' })).stdout, /2:GET \/missing 404/);
      assert.equal((await run('rg', { expression: '-e', place: '.' })).meaning, 'nothing found');
      await isRefused('rg', { expression: '404', place: 'link.log' });
      await isRefused('rg', { expression: '404', place: '../secret' });
    },
  };
  for (const [tool, check] of Object.entries(checks)) {
    const shown = await server.fetch(`/tools/${tool}`);
    const { available } = (await shown.json()) as { available: { ok: boolean; reason?: string } };
    if (available.ok) {
      await check();
      console.log(`ok ${tool}`);
    } else {
      assert.match(available.reason ?? '', /not in /, tool);
      console.log(`skip ${tool}: it is not installed`);
    }
  }
} finally {
  web.close();
  rmSync(folder, { recursive: true, force: true });
}
