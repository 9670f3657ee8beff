/**
 * The manifests against Kubernetes' own schemas, without a cluster: values by the schemas' validators, and keys that do not
 * exist (a probe that is misspelt and therefore not there) by the compiler, to which every manifest is a typed literal.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

import { ConfigStore, MemorySource } from '@mcp/config';
import { loadAll, load } from 'js-yaml';
import { Deployment, type IDeployment } from 'kubernetes-models/apps/v1/Deployment';
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
const find = (kind: string): unknown => manifests.find((manifest) => manifest.kind === kind);
const deployment = find('Deployment') as IDeployment;
const service = find('Service') as IService;
const disruptionBudget = find('PodDisruptionBudget') as IPodDisruptionBudget;
const networkPolicy = find('NetworkPolicy') as INetworkPolicy;
const configMap = find('ConfigMap') as IConfigMap;
const pod = deployment.spec?.template.spec;
const container = pod?.containers[0];
const configuration = configMap.data?.['mcp-server.yaml'] ?? '';

describe('the schemas of Kubernetes', () => {
  test.each([
    ['Deployment', () => new Deployment(deployment)],
    ['Service', () => new Service(service)],
    ['ConfigMap', () => new ConfigMap(configMap)],
    ['PodDisruptionBudget', () => new PodDisruptionBudget(disruptionBudget)],
    ['NetworkPolicy', () => new NetworkPolicy(networkPolicy)],
  ])('accept the %s', (_, make) => {
    expect(() => make().validate()).not.toThrow();
  });

  test('know every key that is used', () => {
    expect(compilerOn(manifests)).toBe('');
  });

  test('would notice a misspelt one', () => {
    const misspelt = JSON.parse(JSON.stringify(deployment).replace('livenessProbe', 'livenesProbe')) as Manifest;
    expect(compilerOn([misspelt])).toContain('livenesProbe');
  });
});

describe('the parts fit', () => {
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

  test('the configuration loads without a remark, and is mounted as a folder, so that a change arrives', async () => {
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

  test('probes go to the three health routes', () => {
    const { startupProbe, readinessProbe, livenessProbe } = container ?? {};
    const probes = [startupProbe, readinessProbe, livenessProbe].map((probe) => probe?.httpGet);
    expect(probes.map((probe) => probe?.path)).toEqual(['/health/startup', '/health/ready', '/health/live']);
    expect(probes.map((probe) => probe?.port)).toEqual(['http', 'http', 'http']);
    expect(container?.ports?.map(({ name, containerPort }) => [name, containerPort])).toEqual([['http', 8080]]);
  });

  test('the network policy lets out to the networks that the configuration allows, and to name servers', async () => {
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

  test('a pod gets longer to stop than its calls, is no root, and may write nothing but /tmp', async () => {
    await using store = await ConfigStore.load({
      definition: serverConfigDefinition,
      source: new MemorySource(configuration, 'mcp-server.yaml'),
    });
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThan(store.snapshot.values.server.shutdownGracePeriod + 5);
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

  test('one pod may go while the others serve', () => {
    expect(deployment.spec?.replicas).toBeGreaterThan(1);
    expect(disruptionBudget.spec?.minAvailable).toBeLessThan(deployment.spec?.replicas ?? 0);
  });
});

/** What tsc says to the manifests as literals of their types; nothing if all is well. */
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
