import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ConfigStore } from '@mcp/config';
import { CORE_SCHEMA, load, mergeTag } from 'js-yaml';
import { expect, test } from 'vitest';

import { serverConfigDefinition } from '../apps/server/src/configuration/server-definition.ts';

interface Service {
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly networks?: readonly string[];
  readonly command?: readonly string[];
}

const folder = new URL('docker/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, folder), 'utf8');
const compose = load(read('compose.replicas.yaml'), { schema: CORE_SCHEMA.withTags(mergeTag) }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { internal: boolean }>>;
  readonly secrets: Readonly<Record<string, unknown>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const { valkey, postgres, nginx, ...servers } = compose.services;
const nginxConfiguration = read('nginx.conf');
const hasNginx = spawnSync('nginx', ['-v']).status === 0;

test('three servers differ in their names only, and nginx sends requests to each of them', () => {
  expect(Object.keys(servers)).toHaveLength(3);
  const names = Object.values(servers).map(({ environment }) => environment?.['MCP_CLUSTER_REPLICA']);
  expect(names).toEqual(Object.keys(servers));
  const upstreams = [...nginxConfiguration.matchAll(/server (?<name>\S+):8080 /gu)].map(
    ({ groups }) => groups?.['name'],
  );
  expect(upstreams).toEqual(Object.keys(servers));
});

test('every mounted file and every secret is there', () => {
  const services = Object.values(compose.services);
  const sources = services
    .flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0] ?? ''))
    .filter((source) => !Object.hasOwn(compose.volumes, source));
  expect(sources.filter((source) => !existsSync(new URL(source, folder)))).toEqual([]);
  const secrets = services.flatMap(({ secrets: used = [] }) => used);
  expect(secrets.filter((secret) => !Object.hasOwn(compose.secrets, secret))).toEqual([]);
});

test('only the servers reach the engine, which loses no keys, and the database, which has a volume, and only nginx has a port, on loopback', () => {
  expect(compose.networks['engine']).toEqual({ internal: true });
  expect([valkey?.networks, postgres?.networks, nginx?.networks]).toEqual([['engine'], ['engine'], undefined]);
  expect(postgres?.volumes).toEqual(['postgres:/var/lib/postgresql/data']);
  expect(valkey?.command?.join(' ')).toContain('--maxmemory-policy noeviction');
  const ports = Object.entries(compose.services).flatMap(([name, service]) =>
    (service.ports ?? []).map((port) => [name, port]),
  );
  expect(ports).toEqual([['nginx', '127.0.0.1:8080:8080']]);
});

test('the configuration loads with the variables of the servers, and takes the names that clients use', async () => {
  const file = fileURLToPath(new URL('config-replicas/tools.yaml', folder));
  const env = {
    MCP_SERVER_TRANSPORT: 'http',
    MCP_SECURITY_API_KEY: 'a-key-of-the-operator-0123456789',
    MCP_CLUSTER_URL: Object.values(servers)[0]?.environment?.['MCP_CLUSTER_URL'] ?? '',
    MCP_CLUSTER_SECRETS: 'b5c1f6a2d4e8907734ab12cd56ef9081',
    MCP_DATABASE_URL: 'postgres://mcp:password@postgres:5432/mcp',
  };
  await using store = await ConfigStore.load({ definition: serverConfigDefinition, file, env });
  const { security, cluster, tools, database } = store.snapshot.values;
  expect(Object.values(servers)[0]?.secrets).toContain('mcp-database-url');
  expect(database.url.reveal()).toContain('@postgres:5432/');
  expect(Object.values(tools).some(({ job }) => job !== undefined)).toBe(true);
  expect(cluster.url.reveal()).toBe('redis://valkey:6379');
  expect(security.allowedHosts).toContain(nginx?.ports?.[0]?.split(':').slice(0, 2).join(':'));
});

test.runIf(hasNginx)('nginx accepts its configuration', () => {
  const place = mkdtempSync(join(tmpdir(), 'nginx-'));
  try {
    // The names of the servers are known inside the network of Compose only.
    const local = nginxConfiguration
      .replaceAll(/mcp-server-\d/gu, '127.0.0.1')
      .replaceAll('/tmp/', `${place}/`)
      .replace('/dev/stderr', `${place}/error.log`);
    const file = join(place, 'nginx.conf');
    writeFileSync(file, local);
    const { status, stderr } = spawnSync('nginx', ['-t', '-p', place, '-c', file], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, expect.stringContaining('successful')]);
  } finally {
    rmSync(place, { recursive: true });
  }
});
