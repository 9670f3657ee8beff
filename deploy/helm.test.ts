/**
 * deploy/kubernetes is what the chart renders to with its default values, and each value has an effect. After a change of the chart:
 *
 *   vitest run deploy/helm.test.ts -u
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

import { ConfigStore, MemorySource } from '@mcp/config';
import { dump, load, loadAll } from 'js-yaml';
import { describe, expect, test } from 'vitest';

import { serverConfigDefinition } from '../apps/server/src/configuration/server-definition.ts';
import { renderChart, renderFiles } from './test-support/render-chart.ts';

interface Model {
  validate(): void;
}

interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: unknown;
}

const chart = fileURLToPath(new URL('helm/', import.meta.url));
const manifests = fileURLToPath(new URL('kubernetes/', import.meta.url));
const values = load(readFileSync(join(chart, 'values.yaml'), 'utf8')) as Readonly<Record<string, unknown>>;
const GENERATED =
  '# Generated from deploy/helm: change the chart there, then run: vitest run deploy/helm.test.ts -u.\n';
const hasHelm = spawnSync('helm', ['version']).status === 0;

const everything = {
  image: { repository: 'registry.example.com/mcp-server', tag: '0.2.0', pullSecrets: [{ name: 'registry' }] },
  autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 20, cpu: 60 },
  nodeSelector: { pool: 'tools' },
  tolerations: [{ key: 'tools', operator: 'Exists' }],
  engine: { deploy: false },
  database: { deploy: false },
  networkPolicy: {
    targets: ['10.20.0.0/16', '10.30.0.0/16'],
    egress: [{ to: [{ ipBlock: { cidr: '10.99.0.5/32' } }], ports: [{ port: 5432, protocol: 'TCP' }] }],
  },
  serviceMonitor: { enabled: true },
};

const render = (overrides = {}): Rendered[] => renderChart(chart, 'mcp-server', overrides) as Rendered[];

/** By kind and name; the configuration file as what it says. */
function comparable(objects: readonly Rendered[]): Record<string, unknown> {
  return Object.fromEntries(
    objects.map((object) => {
      const file = object.data?.['mcp-server.yaml'];
      const data = file === undefined ? object : { ...object, data: { 'mcp-server.yaml': load(file) } };
      return [`${object.kind} ${object.metadata.name}`, data];
    }),
  );
}

const rendered = Object.entries(renderFiles(chart, 'mcp-server')).filter(([, text]) => text.trim() !== '');

test.each(rendered)('deploy/kubernetes/%s is what its template renders to', async (file, text) => {
  await expect(`${GENERATED}${text.trim()}\n`).toMatchFileSnapshot(`kubernetes/${file}`);
});

test('deploy/kubernetes has nothing that the chart does not have', () => {
  const files = globSync('*.yaml', { cwd: manifests }).filter((file) => file !== 'kustomization.yaml');
  expect(files.toSorted()).toEqual(rendered.map(([file]) => file));
});

test('with everything on it renders to the golden file', async () => {
  const documents = render(everything).map((object) => dump(object, { lineWidth: -1 }));
  await expect(documents.join('---\n')).toMatchFileSnapshot('golden/helm-everything.yaml');
});

test.each([
  ['as shipped', {}],
  ['with everything on', everything],
])('every object of the chart %s fits the schema of Kubernetes for its kind', async (_, overrides) => {
  // The kind ServiceMonitor is of the Prometheus operator.
  const objects = render(overrides).filter(({ kind }) => kind !== 'ServiceMonitor');
  expect(objects.length).toBeGreaterThan(4);
  for (const object of objects) {
    const { apiVersion, kind } = object;
    const path = apiVersion.includes('/') ? apiVersion : 'v1';
    const kinds = (await import(/* @vite-ignore */ `kubernetes-models/${path}/${kind}`)) as Record<
      string,
      new (given: object) => Model
    >;
    const Kind = kinds[kind];
    if (!Kind) throw new Error(`no schema of ${apiVersion} ${kind}`);
    expect(() => new Kind(object).validate()).not.toThrow();
    expect(() => new Kind({ ...object, metadata: 5 }).validate()).toThrow(/metadata/u);
  }
});

test('every object begins with the name of the release', () => {
  const names = (renderChart(chart, 'lab', { serviceMonitor: { enabled: true } }) as Rendered[]).map(
    ({ metadata }) => metadata.name,
  );
  expect(names.filter((name) => !/^lab(?:-|$)/u.test(name))).toEqual([]);
});

test('one pod needs neither an engine nor a database nor policies', () => {
  const parts = { engine: { enabled: false }, database: { enabled: false }, networkPolicy: { enabled: false } };
  const kinds = render({ replicas: 1, ...parts });
  expect(kinds.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'ConfigMap mcp-server',
    'Deployment mcp-server',
    'PodDisruptionBudget mcp-server',
    'Service mcp-server',
  ]);
  expect(JSON.stringify(kinds)).not.toMatch(/MCP_CLUSTER_URL_FILE|MCP_DATABASE_URL_FILE/u);
});

test.each(leaves(values).map(({ path, value }) => [path.join('.'), path, value] as const))(
  'the value %s has an effect, as shipped or with the parts that are off',
  (_, path, value) => {
    const changes = [{}, { autoscaling: { enabled: true }, serviceMonitor: { enabled: true } }].map((overrides) => {
      const before = render(overrides);
      return !isDeepStrictEqual(render(withValue(overrides, path, anotherThan(value))), before);
    });
    expect(changes).toContain(true);
  },
);

test('without network policies there are none, also of the engine and the database', () => {
  const kinds = render({ networkPolicy: { enabled: false } }).map(({ kind }) => kind);
  expect(kinds).toContain('StatefulSet');
  expect(kinds).not.toContain('NetworkPolicy');
});

test('a single pod may be evicted, or its node could not be drained', () => {
  const budget = render({ replicas: 1 }).find(({ kind }) => kind === 'PodDisruptionBudget');
  expect(budget?.spec).toMatchObject({ maxUnavailable: 1 });
});

describe('the chart', () => {
  test('has the version of the server', () => {
    const { version, appVersion } = load(readFileSync(join(chart, 'Chart.yaml'), 'utf8')) as Record<string, string>;
    const manifest = new URL('../apps/server/package.json', import.meta.url);
    const server = (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
    expect([version, appVersion]).toEqual([server, server]);
  });

  test('has a configuration that loads without notices, with networks that the policy allows', async () => {
    const text = dump(values['configuration']);
    const source = new MemorySource(text, 'mcp-server.yaml');
    await using store = await ConfigStore.load({ definition: serverConfigDefinition, source });
    expect(store.notices).toEqual([]);
    const { targets } = values['networkPolicy'] as { targets: string[] };
    expect(store.snapshot.values.security.allowedTargets.filter((target) => target.includes('/'))).toEqual(targets);
  });

  test.runIf(hasHelm)('renders with Helm as with the renderer of this test, and passes its linter', () => {
    const folder = mkdtempSync(join(tmpdir(), 'helm-'));
    try {
      for (const overrides of [{}, everything]) {
        const file = join(folder, 'values.yaml');
        writeFileSync(file, dump(overrides));
        expect(spawnSync('helm', ['lint', chart, '--values', file]).status).toBe(0);
        const args = ['template', 'mcp-server', chart, '--values', file];
        const { stdout } = spawnSync('helm', args, { encoding: 'utf8' });
        const objects = loadAll(stdout).filter((object) => object !== null && object !== undefined) as Rendered[];
        expect(comparable(objects)).toEqual(comparable(render(overrides)));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

interface Leaf {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** All single values, lists and empty maps. */
function leaves(value: unknown, path: readonly string[] = []): Leaf[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [{ path, value }];
  const entries = Object.entries(value);
  return entries.length === 0 ? [{ path, value }] : entries.flatMap(([key, child]) => leaves(child, [...path, key]));
}

/** Of the same type. */
function anotherThan(value: unknown): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') return `${value}x`;
  return Array.isArray(value) ? [...value, 'x'] : { x: 'x' };
}

function withValue(base: object, [key = '', ...rest]: readonly string[], value: unknown): object {
  const inside = (base as Readonly<Record<string, object>>)[key] ?? {};
  return { ...base, [key]: rest.length === 0 ? value : withValue(inside, rest, value) };
}
