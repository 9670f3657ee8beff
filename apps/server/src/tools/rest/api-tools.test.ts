import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ConfigVetoError } from '@mcp/config';
import { directLauncher } from '@mcp/tool-base';
import { expect, test } from 'vitest';

import { loadError, loadServerConfig } from '../../configuration/test-support/load-server-config.ts';
import { Toolset } from '../toolset.ts';
import { RestTools } from './rest-tools.ts';

const DOCUMENT = {
  openapi: '3.0.3',
  paths: {
    '/things': { get: { operationId: 'list' }, post: { operationId: 'create' } },
    '/bad': { get: { parameters: [{ name: 'q', in: 'query', schema: { $ref: 'http://x.example/' } }] } },
  },
};

const api = (more = ''): string =>
  `presets: []\napis: { crm: { document: { file: document.json }, baseUrl: 'https://crm.lab.internal' ${more} } }`;

async function planned(
  text: string,
  document: unknown = DOCUMENT,
): Promise<{ names: string[]; rest: RestTools; tools: Toolset }> {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'api-tools-'));
  const file = join(folder.path, 'document.json');
  writeFileSync(file, JSON.stringify(document));
  await using store = await loadServerConfig(text.replace('document.json', file));
  const { values } = store.snapshot;
  const rest = new RestTools();
  await rest.prepare(values);
  const tools = new Toolset({
    launcher: directLauncher(),
    recorder: { start: () => ({ end: () => {} }) },
    restTools: rest,
  });
  tools.apply(tools.plan(values));
  // An unchanged document is not planned again.
  const before = rest.apisOf(values)[0];
  await rest.prepare(values);
  expect(rest.apisOf(values)[0]).toBe(before);
  const names = tools.registry.list().flatMap(({ name }) => (name.startsWith('crm') ? [name] : []));
  return { names, rest, tools };
}

test('the operations that only read become tools; others where they are included', async () => {
  expect((await planned(api())).names).toEqual(['crm_list']);
  expect((await planned(api(', operations: { include: [{ operationId: create }] }'))).names).toEqual(['crm_create']);
});

test('the limits of an API are those of its tools', async () => {
  const { tools } = await planned(api(', timeout: 7s, concurrency: 5'));
  expect(tools.registry.get('crm_list')?.limits).toMatchObject({ timeoutMs: 7000, concurrency: 5 });
});

test('a document that cannot be used is a problem at its place', async () => {
  const error: unknown = await planned(api(), { swagger: '2.0' }).catch((reason: unknown) => reason);
  expect((error as ConfigVetoError).problems).toMatchObject([
    { path: ['apis', 'crm', 'document'], message: expect.stringContaining('Swagger 2.0') },
  ]);
});

test.each([
  ['document: {}', 'apis.crm.document', 'exactly one of file and url'],
  ['document: { url: https://a.example/x }', 'apis.crm.document.url', 'needs sha256'],
  ['document: { url: http://a.example/x }', 'apis.crm.document.url', 'must be an https URL'],
  ['document: { file: x }, timeout: 59m', 'apis.crm.timeout', 'above the ceiling'],
])('apis with %s is refused', async (more, path, message) => {
  const { problems } = await loadError(
    `security: { timeoutSeconds: 300 }\napis: { crm: { baseUrl: 'https://a.example', ${more} } }`,
  );
  expect(problems[0]).toMatchObject({ path: path.split('.'), message: expect.stringContaining(message) });
});
