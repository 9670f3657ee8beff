/**
 * What can be tried without containers: every file that the Compose file mounts is there, Prometheus' job fits the server (the
 * key may scrape and do nothing else), and a running server exposes every series that dashboard and alerts ask for.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { load } from 'js-yaml';

import { startServer } from '../server/start-server.ts';

interface Compose {
  readonly services: Record<string, { volumes?: string[]; secrets?: string[]; build?: { dockerfile: string } }>;
  readonly secrets: Record<string, { file: string }>;
}
interface Prometheus {
  readonly rule_files: string[];
  readonly scrape_configs: { authorization: { credentials_file: string }; static_configs: { targets: string[] }[] }[];
}

// Not an npm package; Debian has it in the package prometheus.
const PROMTOOL = 'promtool';

/** How the series begin of parts that this example does not configure, and the keys that bring them. An alert on them never fires here. */
const ONLY_WHERE_CONFIGURED = { mcp_cluster_: 'cluster.url', mcp_jobs: 'tools.NAME.job', mcp_upstream_: 'upstreams' };

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const read = (path: string): string => readFileSync(here(path), 'utf8');

// The Compose file: what it mounts exists, and Prometheus finds its rules and its key where its configuration looks.
const compose = load(read('compose.yaml')) as Compose;
const mounts = Object.values(compose.services)
  .flatMap(({ volumes = [] }) => volumes)
  .map((volume) => volume.split(':'));
for (const [source = ''] of mounts) assert.ok(existsSync(here(source)), `${source} is mounted and not there`);
const inContainers = new Set(mounts.map(([, target]) => target));
const { rule_files: ruleFiles, scrape_configs: jobs } = load(read('prometheus.yml')) as Prometheus;
for (const file of ruleFiles) assert.ok(inContainers.has(file), `${file} is not mounted`);
const [job] = jobs;
const secret = job?.authorization.credentials_file.replace('/run/secrets/', '') ?? '';
assert.ok(compose.services['prometheus']?.secrets?.includes(secret));
const [host = '', port] = job?.static_configs[0]?.targets[0]?.split(':') ?? [];
assert.ok(Object.hasOwn(compose.services, host), `there is no service ${host}`);

// promtool knows more about its own files than anybody; where it is installed it is asked.
if (spawnSync(PROMTOOL, ['--version']).status === 0) {
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  const file = join(folder, 'prometheus.yml');
  const local = read('prometheus.yml')
    .replace('/etc/prometheus/alerts.yml', here('../../packages/metrics/observability/alerts.yml'))
    .replace('/run/secrets/scrape-key', here(compose.secrets[secret]?.file ?? ''));
  writeFileSync(file, local);
  const { status, stdout, stderr } = spawnSync(PROMTOOL, ['check', 'config', file], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  assert.equal(status, 0, stdout + stderr);
} else console.log('promtool is not installed: its own check of prometheus.yml was left out');

// The server: the scrape key reads metrics and calls nothing.
const scrapeKey = read('scrape-key').trim();
await using server = await startServer({
  config: here('config/tools.yaml'),
  env: { MCP_SERVER_HOST: '127.0.0.1', MCP_SECURITY_API_KEY: '' },
});
const asPrometheus = { authorization: `Bearer ${scrapeKey}` };
const called = await server.fetch('/tools/system_info/execute', {
  method: 'POST',
  headers: { ...asPrometheus, 'content-type': 'application/json' },
  body: '{"arguments":{}}',
});
assert.equal(called.status, 403);
const asAgent = { authorization: 'Bearer change-this-agent-key', 'content-type': 'application/json' };
await server.fetch('/tools/system_info/execute', { method: 'POST', headers: asAgent, body: '{"arguments":{}}' });

const scraped = await server.fetch('/metrics', { headers: asPrometheus });
assert.equal(scraped.status, 200);
const exposed = new Set([...(await scraped.text()).matchAll(/^# TYPE (?<name>\S+)/gmu)].map(([, name]) => name));
const asked = ['alerts.yml', 'dashboard.json'].flatMap((file) => [
  ...read(`../../packages/metrics/observability/${file}`)
    .replaceAll('mcp-tool', '')
    .matchAll(/\b(?:mcp|circuit_breaker)_[a-z_]+/gu),
]);
const missing = new Set(
  asked.map(([name]) => name.replace(/_(?:bucket|sum|count)$/u, '')).filter((name) => !exposed.has(name)),
);
const prefixes = Object.keys(ONLY_WHERE_CONFIGURED);
assert.deepEqual(
  [...missing].filter((name) => !prefixes.some((prefix) => name.startsWith(prefix))),
  [],
);
for (const prefix of prefixes)
  assert.ok(
    [...missing].some((name) => name.startsWith(prefix)),
    `${prefix} is here`,
  );
console.log(`${exposed.size} series exposed on port ${port}; dashboard and alerts find all of theirs`);
