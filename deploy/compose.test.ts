import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { ConfigStore } from '@mcp/config';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';

import { serverConfigDefinition } from '../apps/server/src/configuration/server-definition.ts';

interface Service {
  readonly image?: string;
  readonly build?: { readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly secrets: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}
interface Compose {
  readonly services: Readonly<Record<'mcp-server' | 'prometheus', Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const folder = new URL('docker/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, folder), 'utf8');
const compose = load(read('compose.yaml')) as Compose;
const { 'mcp-server': server, prometheus } = compose.services;
const prometheusConfiguration = load(read('prometheus.yml')) as {
  rule_files: string[];
  scrape_configs: { authorization: { credentials_file: string }; static_configs: { targets: string[] }[] }[];
};

test('every mounted file exists, and every named volume and secret is declared', () => {
  const services = [server, prometheus];
  const sources = services.flatMap(({ volumes }) => volumes.map((volume) => volume.split(':')[0] ?? ''));
  const isPath = (source: string): boolean => source.startsWith('.');
  expect(sources.filter((source) => isPath(source) && !existsSync(new URL(source, folder)))).toEqual([]);
  expect(sources.filter((source) => !isPath(source) && !Object.hasOwn(compose.volumes, source))).toEqual([]);
  const secrets = services.flatMap((service) => service.secrets);
  expect(secrets.filter((secret) => !Object.hasOwn(compose.secrets, secret))).toEqual([]);
  expect(existsSync(new URL(`../../${server.build?.dockerfile}`, folder))).toBe(true);
});

test('the configuration is mounted as a folder, so that a replaced file is visible', () => {
  const mounts = server.volumes.map((volume) => volume.split(':'));
  expect(mounts).toContainEqual(['./config', '/etc/mcp-server', 'ro']);
  const [, file = ''] = server.command ?? [];
  expect(existsSync(new URL(file.replace('/etc/mcp-server/', 'config/'), folder))).toBe(true);
});

test('ports are published on loopback only', () => {
  expect([...server.ports, ...prometheus.ports].filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
});

test('the server has a read-only root file system, no capabilities and cannot gain any', () => {
  expect(server).toMatchObject({
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
  });
});

test('the configuration loads, stores the audit log in the volume, and allows the host name that Prometheus uses', async () => {
  const file = fileURLToPath(new URL('config/tools.yaml', folder));
  await using store = await ConfigStore.load({ definition: serverConfigDefinition, file });
  const { database, security } = store.snapshot.values;
  const audit = database.url.reveal().replace('sqlite:', '');
  const places = server.volumes.map((volume) => volume.split(':')[1] ?? 'nowhere');
  expect(places.some((place) => audit.startsWith(`${place}/`))).toBe(true);
  const targets = prometheusConfiguration.scrape_configs.flatMap(({ static_configs: lists }) =>
    lists.flatMap((list) => list.targets),
  );
  expect(targets.filter((target) => !security.allowedHosts.includes(target))).toEqual([]);
});

test('Prometheus scrapes with the key of the server once it is healthy, and loads the alert rules', () => {
  const [job] = prometheusConfiguration.scrape_configs;
  expect(job?.authorization.credentials_file).toBe(server.environment?.['MCP_SECURITY_API_KEY_FILE']);
  expect(prometheus.depends_on?.['mcp-server']?.condition).toBe('service_healthy');
  const mounted = new Set(prometheus.volumes.map((volume) => volume.split(':')[1]));
  expect(prometheusConfiguration.rule_files.filter((file) => !mounted.has(file))).toEqual([]);
});
