import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { ConfigStore } from '@mcp/config';
import { CORE_SCHEMA, load, mergeTag } from 'js-yaml';
import { expect, test } from 'vitest';

import { serverConfigDefinition } from '../apps/server/src/configuration/server-definition.ts';

interface Service {
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, unknown>>;
}

const folder = new URL('docker/', import.meta.url);
const read = (path: string): unknown =>
  load(readFileSync(new URL(path, folder), 'utf8'), { schema: CORE_SCHEMA.withTags(mergeTag) });
const servers = read('compose.replicas.yaml') as Compose;
const compose = read('compose.observability.yaml') as Compose;
const prometheus = read('prometheus.replicas.yml') as {
  rule_files: string[];
  scrape_configs: { authorization: { credentials_file: string }; static_configs: { targets: string[] }[] }[];
};
const targets = prometheus.scrape_configs.flatMap(({ static_configs: lists }) => lists.flatMap((list) => list.targets));

test('Prometheus scrapes every server, each by a name that it accepts', async () => {
  const names = Object.keys(servers.services).filter((name) => name.startsWith('mcp-server-'));
  expect(targets).toEqual(names.map((name) => `${name}:8080`));
  const file = fileURLToPath(new URL('config-replicas/tools.yaml', folder));
  await using store = await ConfigStore.load({ definition: serverConfigDefinition, file });
  const { allowedHosts } = store.snapshot.values.security;
  expect(targets.filter((target) => !allowedHosts.includes(target))).toEqual([]);
});

test('Prometheus has the key of the servers and the alert rules', () => {
  const [job] = prometheus.scrape_configs;
  expect(job?.authorization.credentials_file).toBe('/run/secrets/mcp-server-key');
  expect(compose.services['prometheus']?.secrets?.filter((secret) => !Object.hasOwn(servers.secrets, secret))).toEqual(
    [],
  );
  const mounted = new Set(compose.services['prometheus']?.volumes?.map((volume) => volume.split(':')[1]));
  expect(prometheus.rule_files.filter((file) => !mounted.has(file))).toEqual([]);
});

test('every mounted file exists, and ports are on loopback only', () => {
  const services = Object.values(compose.services);
  const sources = services.flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0] ?? ''));
  const files = sources.filter((source) => !Object.hasOwn(compose.volumes, source));
  expect(files.filter((source) => !existsSync(new URL(source, folder)))).toEqual([]);
  const ports = services.flatMap(({ ports: published = [] }) => published);
  expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
});
