/**
 * Checks the manifests with the schemas of Kubernetes, without a cluster: values by the validators of the schemas, and unknown
 * keys by the TypeScript compiler, which gets each manifest as a typed literal.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

import { ConfigStore, MemorySource } from '@mcp/config';
import { loadAll, load } from 'js-yaml';
import { Deployment, type IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import { StatefulSet, type IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import { NetworkPolicy, type INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget, type IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap, type IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Service, type IService } from 'kubernetes-models/v1/Service';
import { describe, expect, test } from 'vitest';

import { serverConfigDefinition } from '../apps/server/src/configuration/server-definition.ts';

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

const folder = fileURLToPath(new URL('kubernetes/', import.meta.url));
const files = globSync('*.yaml', { cwd: folder }).filter((file) => file !== 'kustomization.yaml');
const manifests = files.flatMap((file) => loadAll(readFileSync(join(folder, file), 'utf8')) as Manifest[]);
const find = (kind: string): unknown =>
  manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === 'mcp-server');
const deployment = find('Deployment') as IDeployment;
const service = find('Service') as IService;
const disruptionBudget = find('PodDisruptionBudget') as IPodDisruptionBudget;
const networkPolicy = find('NetworkPolicy') as INetworkPolicy;
const configMap = find('ConfigMap') as IConfigMap;
const pod = deployment.spec?.template.spec;
const container = pod?.containers[0];
const configuration = configMap.data?.['mcp-server.yaml'] ?? '';

describe('Kubernetes schemas', () => {
  test.each([
    ['Deployment', () => new Deployment(deployment)],
    ['Service', () => new Service(service)],
    ['ConfigMap', () => new ConfigMap(configMap)],
    ['PodDisruptionBudget', () => new PodDisruptionBudget(disruptionBudget)],
    ['NetworkPolicy', () => new NetworkPolicy(networkPolicy)],
  ])('accept the %s', (_, make) => {
    expect(() => make().validate()).not.toThrow();
  });

  test('contain every key that is used', () => {
    expect(compilerOn(manifests)).toBe('');
  });

  test('detect a misspelled key', () => {
    const misspelt = JSON.parse(JSON.stringify(deployment).replace('livenessProbe', 'livenesProbe')) as Manifest;
    expect(compilerOn([misspelt])).toContain('livenesProbe');
  });
});

describe('the manifests are consistent', () => {
  test('kustomization.yaml lists every manifest', () => {
    const { resources } = load(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')) as { resources: string[] };
    expect(resources.toSorted()).toEqual(files.toSorted());
  });

  test('Service, disruption budget and network policy select the pods of the deployment', () => {
    const labels = deployment.spec?.template.metadata?.labels;
    const selectors = [
      deployment.spec?.selector.matchLabels,
      service.spec?.selector,
      disruptionBudget.spec?.selector?.matchLabels,
      networkPolicy.spec?.podSelector?.matchLabels,
    ];
    for (const selector of selectors) expect(labels).toMatchObject(selector ?? { none: '' });
  });

  test('the configuration loads without notices, and is mounted as a folder, so that changes are visible', async () => {
    await using store = await ConfigStore.load({
      definition: serverConfigDefinition,
      source: new MemorySource(configuration, 'mcp-server.yaml'),
    });
    expect(store.notices).toEqual([]);
    const mount = container?.volumeMounts?.find(({ name }) => name === 'configuration');
    expect(mount).toMatchObject({ readOnly: true });
    expect(mount).not.toHaveProperty('subPath');
    expect(container?.args).toContain(`${mount?.mountPath}/${Object.keys(configMap.data ?? {})[0]}`);
  });

  test('the image of the deployment is replaced by one of a registry', () => {
    const { images } = load(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')) as {
      images: { name: string; newName: string; newTag: string }[];
    };
    expect(images).toEqual([{ name: 'mcp-server', newName: expect.stringContaining('/'), newTag: expect.any(String) }]);
    expect(container?.image).toBe(`${images[0]?.name}:${images[0]?.newTag}`);
  });

  test('keys come from the mounted key store, and there is no single key with every scope', async () => {
    await using store = await ConfigStore.load({
      definition: serverConfigDefinition,
      source: new MemorySource(configuration, 'mcp-server.yaml'),
    });
    const { keyStore } = store.snapshot.values.security;
    expect(container?.volumeMounts?.some(({ mountPath }) => keyStore?.startsWith(`${mountPath}/`))).toBe(true);
    expect(container?.env?.map(({ name }) => name)).not.toContain('MCP_SECURITY_API_KEY_FILE');
  });

  test('probes use the three health routes', () => {
    const { startupProbe, readinessProbe, livenessProbe } = container ?? {};
    const probes = [startupProbe, readinessProbe, livenessProbe].map((probe) => probe?.httpGet);
    expect(probes.map((probe) => probe?.path)).toEqual(['/health/startup', '/health/ready', '/health/live']);
    expect(probes.map((probe) => probe?.port)).toEqual(['http', 'http', 'http']);
    expect(container?.ports?.map(({ name, containerPort }) => [name, containerPort])).toEqual([['http', 8080]]);
  });

  test('the network policy allows egress to the allowed targets and to DNS', async () => {
    await using store = await ConfigStore.load({
      definition: serverConfigDefinition,
      source: new MemorySource(configuration, 'mcp-server.yaml'),
    });
    const networks = store.snapshot.values.security.allowedTargets.filter((target) => target.includes('/'));
    const rules = networkPolicy.spec?.egress ?? [];
    const blocks = rules.flatMap(({ to = [] }) => to.flatMap(({ ipBlock }) => (ipBlock ? [ipBlock.cidr] : [])));
    expect(blocks).toEqual(networks);
    expect(rules.some(({ ports = [] }) => ports.some(({ port }) => port === 53))).toBe(true);
  });

  test('pods share what they must know of each other, and only they reach it', async () => {
    await using store = await ConfigStore.load({
      definition: serverConfigDefinition,
      source: new MemorySource(configuration, 'mcp-server.yaml'),
    });
    const valkey = manifests.filter(({ metadata }) => metadata.name === 'mcp-server-valkey');
    expect(valkey.map(({ kind }) => kind)).toEqual(['Deployment', 'Service', 'NetworkPolicy']);
    const [engine, , policy] = valkey as [IDeployment, IService, INetworkPolicy];
    expect(() => new Deployment(engine).validate()).not.toThrow();
    expect(() => new NetworkPolicy(policy).validate()).not.toThrow();
    expect(engine.spec?.template.spec?.containers[0]?.args?.join(' ')).toContain('--maxmemory-policy noeviction');
    expect(policy.spec?.ingress).toMatchObject([{ from: [{ podSelector: deployment.spec?.selector }] }]);
    const names = container?.env?.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['MCP_CLUSTER_URL_FILE', 'MCP_CLUSTER_SECRETS_FILE']));
    expect(store.snapshot.values.server.drainDelay).toBeGreaterThanOrEqual(5);
  });

  test('jobs and the audit log are in one PostgreSQL on a volume, and only the pods reach it', () => {
    const postgres = manifests.filter(({ metadata }) => metadata.name === 'mcp-server-postgres');
    expect(postgres.map(({ kind }) => kind)).toEqual(['StatefulSet', 'Service', 'NetworkPolicy']);
    const [database, , policy] = postgres as [IStatefulSet, IService, INetworkPolicy];
    expect(() => new StatefulSet(database).validate()).not.toThrow();
    expect(() => new NetworkPolicy(policy).validate()).not.toThrow();
    expect(database.spec?.volumeClaimTemplates?.[0]?.spec?.accessModes).toEqual(['ReadWriteOnce']);
    expect(policy.spec?.ingress).toMatchObject([{ from: [{ podSelector: deployment.spec?.selector }] }]);
    const egress = JSON.stringify(networkPolicy.spec?.egress);
    expect(egress).toContain(JSON.stringify(database.spec?.selector.matchLabels));
    expect(container?.env?.map(({ name }) => name)).toContain('MCP_DATABASE_URL_FILE');
  });

  test('a pod has more time to stop than its calls, does not run as root, and can write to /tmp only', async () => {
    await using store = await ConfigStore.load({
      definition: serverConfigDefinition,
      source: new MemorySource(configuration, 'mcp-server.yaml'),
    });
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThan(
      store.snapshot.values.server.drainDelay + store.snapshot.values.server.shutdownGracePeriod + 5,
    );
    expect(pod?.securityContext).toMatchObject({ runAsNonRoot: true });
    expect(pod?.automountServiceAccountToken).toBe(false);
    expect(container?.securityContext).toMatchObject({
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
    expect(container?.volumeMounts?.filter(({ readOnly }) => !readOnly).map(({ mountPath }) => mountPath)).toEqual([
      '/tmp',
    ]);
  });

  test('one pod may be unavailable during a disruption', () => {
    expect(deployment.spec?.replicas).toBeGreaterThan(1);
    expect(disruptionBudget.spec).toMatchObject({ maxUnavailable: 1 });
  });
});

/** The errors of tsc for the manifests as typed literals; empty without errors. */
function compilerOn(documents: readonly Manifest[]): string {
  // Inside this package, so that the compiler finds the types.
  const place = mkdtempSync(fileURLToPath(new URL('manifests-', import.meta.url)));
  try {
    const lines = documents.map(({ apiVersion, kind, ...rest }, index) => {
      const path = apiVersion.includes('/') ? apiVersion : `v1`;
      const literal = JSON.stringify({ apiVersion, kind, ...rest });
      return `import type { I${kind} as K${index} } from 'kubernetes-models/${path}/${kind}';\nexport const m${index}: K${index} = ${literal};`;
    });
    writeFileSync(join(place, 'manifests.ts'), lines.join('\n'));
    const tsc = fileURLToPath(new URL('node_modules/typescript/bin/tsc', import.meta.url));
    const flags = [
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--module',
      'nodenext',
      '--types',
      'node',
    ];
    return spawnSync(process.execPath, [tsc, ...flags, join(place, 'manifests.ts')], { encoding: 'utf8' }).stdout;
  } finally {
    rmSync(place, { recursive: true });
  }
}
