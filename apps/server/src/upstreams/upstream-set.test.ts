import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ConfigStore, MemorySource } from '@mcp/config';
import { HealthMonitor } from '@mcp/health';
import { callTool, directLauncher } from '@mcp/tool-base';
import { expect, onTestFinished, test, vi } from 'vitest';

import type { Principal } from '../access/principal.ts';
import { CallLimit } from '../calls/call-limit.ts';
import { OfferedResources } from '../catalog/offered-resources.ts';
import { PromptCatalog } from '../catalog/prompts.ts';
import type { ServerConfig } from '../configuration/shape/server-config.ts';
import { serverConfigDefinition } from '../configuration/server-definition.ts';
import { noRateLimit } from '../rate-limit/rate-limiter.ts';
import { Toolset } from '../tools/toolset.ts';
import { UpstreamRequests } from './upstream-requests.ts';
import { UpstreamSet } from './upstream-set.ts';

const DEAD = 'http://127.0.0.1:1/mcp';

/**
 * A server of the 2026 revision with one tool.
 * @param seen gets the credential of each request
 * @param methods gets the method of each message
 * @param beforeAnswer to a call
 */
async function serveEcho(
  seen: (string | undefined)[] = [],
  methods: string[] = [],
  beforeAnswer: () => Promise<void> = async () => {},
): Promise<string> {
  const results: Record<string, object> = {
    'server/discover': {
      resultType: 'complete',
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: {}, prompts: {}, resources: {} },
      ttlMs: 0,
      cacheScope: 'private',
    },
    'tools/list': {
      tools: [
        { name: 'echo', inputSchema: { type: 'object' } },
        { name: 'fetch', inputSchema: { type: 'object', properties: { url: { type: 'string' } } } },
      ],
    },
    'prompts/list': { prompts: [{ name: 'plan' }] },
    'prompts/get': { messages: [{ role: 'user', content: { type: 'text', text: 'Plan it' } }] },
    'resources/list': { resources: [{ uri: 'file:///a', name: 'a' }] },
    'resources/templates/list': { resourceTemplates: [] },
    'resources/read': { contents: [{ uri: 'file:///a', text: 'far away' }] },
    'tools/call': { content: [{ type: 'text', text: 'again' }] },
  };
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    void request.toArray().then(async (chunks: Buffer[]) => {
      const { id, method } = JSON.parse(Buffer.concat(chunks).toString() || '{}') as { id: number; method: string };
      methods.push(method);
      if (method === 'tools/call') await beforeAnswer();
      const message = { jsonrpc: '2.0', id, result: results[method] };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(message));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

interface Fixture {
  readonly toolset: Toolset;
  readonly prompts: PromptCatalog;
  readonly resources: OfferedResources;
  readonly health: HealthMonitor;
  readonly set: UpstreamSet;
  readonly apply: (upstreams: object) => Promise<void>;
  readonly switch: (key: string, enabled: boolean) => void;
}

async function fixture(): Promise<Fixture> {
  const folder = await mkdtemp(join(tmpdir(), 'upstreams-'));
  const launcher = directLauncher();
  const toolset = new Toolset({ launcher, recorder: { start: () => ({ end: () => {} }) } });
  const health = new HealthMonitor({});
  const prompts = new PromptCatalog([]);
  const resources = new OfferedResources();
  const off = new Set<string>();
  const set = new UpstreamSet({
    toolset,
    prompts,
    resources,
    onResourceUpdated: () => {},
    requests: new UpstreamRequests({
      audit: { record: () => {} },
      rateLimiter: noRateLimit,
      limit: new CallLimit(10),
    }),
    health,
    launcher,
    onChange: () => {},
    isSwitchedOn: (key) => !off.has(key),
  });
  onTestFinished(async () => {
    await set[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
  return {
    toolset,
    prompts,
    resources,
    health,
    set,
    switch(key, enabled) {
      if (enabled) off.delete(key);
      else off.add(key);
      toolset.switchOwner(key, enabled);
      set.switched(key);
    },
    async apply(upstreams) {
      const source = new MemorySource(
        JSON.stringify({ presets: [], federation: { lockFile: join(folder, 'lock.json') }, upstreams }),
      );
      await using store = await ConfigStore.load({ definition: serverConfigDefinition, source });
      const values: ServerConfig = store.snapshot.values;
      toolset.apply(toolset.plan(values));
      set.apply(values);
    },
  };
}

/** The code of a connection may have to be loaded first. */
const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 15_000 });

const statusOf = ({ health }: Fixture, key: string): string | undefined =>
  health.report().checks.find(({ name }) => name === `upstream_${key}`)?.status;

vi.setConfig({ testTimeout: 30_000 });

test('an upstream that cannot be reached hinders no other, and each has a health check of its own', async () => {
  const parts = await fixture();
  const { toolset, health, apply } = parts;
  await apply({ dead: { url: DEAD, priority: 'important' }, far: { url: await serveEcho() } });
  await eventually(() => expect(statusOf(parts, 'far')).toBe('healthy'));
  await eventually(() => expect(statusOf(parts, 'dead')).toBe('unhealthy'));
  expect(health.report('ready').status).toBe('degraded');
  const result = await callTool(toolset.registry.get('far_echo'), { arguments: {}, caller: { name: 'ana' } });
  expect(result).toMatchObject({ ok: true, content: [{ type: 'text', text: 'again' }] });
});

test('a reload replaces the health check with the upstream and removes both with the entry', async () => {
  const parts = await fixture();
  const { toolset, health, apply } = parts;
  const url = await serveEcho();
  await apply({ far: { url } });
  await eventually(() => expect(toolset.registry.get('far_echo')).toBeDefined());
  await apply({ far: { url, priority: 'important' } });
  await eventually(() => expect(statusOf(parts, 'far')).toBe('healthy'));
  expect(health.report().checks).toMatchObject([{ name: 'upstream_far', priority: 'important' }]);
  await apply({});
  expect(health.report().checks).toEqual([]);
  expect(toolset.registry.get('far_echo')).toBeUndefined();
});

test('the target policy of this server stands before an upstream that fetches what an argument names', async () => {
  const { toolset, apply } = await fixture();
  const methods: string[] = [];
  const url = await serveEcho([], methods);
  await apply({ far: { url, tools: { overrides: { fetch: { targets: { url: 'url' } } } } } });
  await eventually(() => expect(toolset.registry.get('far_fetch')).toBeDefined());
  const fetched = (target: string): ReturnType<typeof callTool> =>
    callTool(toolset.registry.get('far_fetch'), { arguments: { url: target }, caller: { name: 'ana' } });
  for (const target of [
    'http://169.254.169.254/latest/meta-data/',
    'http://[::ffff:169.254.169.254]/',
    'http://2852039166/',
    'http://a@169.254.169.254/',
    'file:///etc/passwd',
  ]) {
    expect([target, (await fetched(target)).error?.type]).toEqual([target, 'validation_error']);
  }
  expect(methods).not.toContain('tools/call');
  expect(await fetched('http://10.0.0.5/x')).toMatchObject({ ok: true });
  expect(methods.at(-1)).toBe('tools/call');
});

test('a reload that changes one upstream leaves the connection of another and the calls of both', async () => {
  const { toolset, set, apply } = await fixture();
  const entered = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const [kept, changed] = [
    await serveEcho(),
    await serveEcho([], [], async () => {
      entered.resolve();
      await answer.promise;
    }),
  ];
  await apply({ kept: { url: kept }, changed: { url: changed } });
  await eventually(() => expect(toolset.registry.get('kept_echo')).toBeDefined());
  await eventually(() => expect(toolset.registry.get('changed_echo')).toBeDefined());
  const before = { kept: set.get('kept'), changed: set.get('changed') };
  const call = callTool(toolset.registry.get('changed_echo'), { arguments: {}, caller: { name: 'ana' } });
  await entered.promise;
  await apply({ kept: { url: kept }, changed: { url: changed, timeout: 5 } });
  expect([set.get('kept') === before.kept, set.get('changed') === before.changed]).toEqual([true, false]);
  expect(set.get('kept')?.report().connectionsOpened).toBe(1);
  answer.resolve();
  expect(await call).toMatchObject({ ok: true });
});

test('after a reload the address and the credential of before are not used again', async () => {
  const parts = await fixture();
  const { toolset, apply } = parts;
  await apply({ far: { url: await serveEcho() } });
  await eventually(() => expect(toolset.registry.get('far_echo')).toBeDefined());
  await apply({ far: { url: DEAD } });
  await eventually(() => expect(statusOf(parts, 'far')).toBe('unhealthy'));
  const result = await callTool(toolset.registry.get('far_echo'), { arguments: {}, caller: { name: 'ana' } });
  expect(result.error?.type).toBe('unavailable');
});

test('access tokens of an authorization server are requested once and sent to the upstream alone', async () => {
  const { toolset, apply } = await fixture();
  let requests = 0;
  const issuer = createServer((_, response) => {
    requests += 1;
    const token = { access_token: `token-${requests}`, token_type: 'Bearer', expires_in: 3600 };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(token));
  });
  issuer.listen(0, '127.0.0.1');
  await once(issuer, 'listening');
  onTestFinished(() => void issuer.close());
  vi.stubEnv('UPSTREAM_CLIENT_SECRET', 'secret-of-the-client');
  const tokenUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/token`;
  const clientSecret = { variable: 'UPSTREAM_CLIENT_SECRET' };
  const seen: (string | undefined)[] = [];
  await apply({
    far: {
      url: await serveEcho(seen),
      auth: { type: 'clientCredentials', tokenUrl, clientId: 'gateway', clientSecret },
      egress: { private: true },
    },
  });
  await eventually(() => expect(toolset.registry.get('far_echo')).toBeDefined());
  await callTool(toolset.registry.get('far_echo'), { arguments: {}, caller: { name: 'ana' } });
  expect(requests).toBe(1);
  expect(new Set(seen)).toEqual(new Set(['Bearer token-1']));
});

test('a private key that is none makes the upstream fail with a reason and without the text', async () => {
  const parts = await fixture();
  vi.stubEnv('UPSTREAM_CLIENT_KEY', '-----BEGIN PRIVATE KEY-----\nsecret-of-the-client\n-----END PRIVATE KEY-----');
  const auth = {
    type: 'clientCredentials',
    tokenUrl: 'http://127.0.0.1:1/token',
    clientId: 'gateway',
    clientSecret: { variable: 'UPSTREAM_CLIENT_KEY' },
    authMethod: 'private_key_jwt',
  };
  await parts.apply({ far: { url: await serveEcho(), auth, egress: { private: true } } });
  await eventually(() => expect(statusOf(parts, 'far')).toBe('unhealthy'));
  const [report] = parts.set.reports();
  expect(report?.problem).toContain('auth.clientSecret is no private key in PEM');
  expect(JSON.stringify(report)).not.toContain('secret-of-the-client');
});

test('an authorization server that gives no token makes the upstream fail with a reason and without the secret', async () => {
  const parts = await fixture();
  vi.stubEnv('UPSTREAM_CLIENT_SECRET', 'secret-of-the-client');
  const clientSecret = { variable: 'UPSTREAM_CLIENT_SECRET' };
  const auth = { type: 'clientCredentials', tokenUrl: 'http://127.0.0.1:1/token', clientId: 'gateway', clientSecret };
  await parts.apply({ far: { url: await serveEcho(), auth, egress: { private: true } } });
  await eventually(() => expect(statusOf(parts, 'far')).toBe('unhealthy'));
  const [report] = parts.set.reports();
  expect(report?.problem).toMatch(/cannot be reached|no access token/);
  expect(JSON.stringify(report)).not.toContain('secret-of-the-client');
});

test('prompts and resources are offered where they are enabled, to callers whose scopes cover them', async () => {
  const { prompts, resources, apply } = await fixture();
  const url = await serveEcho();
  await apply({
    far: { url, prompts: { enabled: true }, resources: { enabled: true } },
    quiet: { url },
    guarded: { url, prompts: { enabled: true, scope: 'admin' } },
  });
  const all: Principal = { name: 'all', scopes: ['tools:call'] };
  const some: Principal = { name: 'some', scopes: ['tools:call:other_*'] };
  await eventually(() => expect(prompts.list(all).map(({ name }) => name)).toEqual(['far_plan']));
  await eventually(() => expect(resources.visibleTo(all)).toHaveLength(1));
  const root: Principal = { name: 'root', scopes: ['admin'] };
  await eventually(() => expect(prompts.list(root).map(({ name }) => name)).toEqual(['far_plan', 'guarded_plan']));
  expect([prompts.list(some), resources.visibleTo(some)]).toEqual([[], []]);
  const reader = { principal: all };
  expect((await prompts.get('far_plan', {}, reader)).messages).toMatchObject([{ content: { text: 'Plan it' } }]);
  expect(await resources.find('far+file:///a', all)?.read('far+file:///a', reader)).toEqual([
    { uri: 'far+file:///a', text: 'far away' },
  ]);
  await apply({ far: { url } });
  expect([prompts.list(all), resources.visibleTo(all)]).toEqual([[], []]);
});

test('an upstream that is switched off is asked nothing and offers nothing, over a reload too, until it is switched on', async () => {
  const parts = await fixture();
  const { toolset, prompts, apply } = parts;
  const seen: (string | undefined)[] = [];
  const url = await serveEcho(seen);
  const all: Principal = { name: 'all', scopes: ['tools:call'] };
  const echo = async (): Promise<string | undefined> =>
    (await callTool(toolset.registry.get('far_echo'), { arguments: {}, caller: { name: 'ana' } })).error?.type;
  await apply({ far: { url, prompts: { enabled: true } } });
  await eventually(() => expect(prompts.list(all)).toHaveLength(1));
  await eventually(() => expect(toolset.registry.get('far_echo')?.enabled).toBe(true));
  parts.switch('far', false);
  seen.length = 0;
  expect(toolset.registry.get('far_echo')?.enabled).toBe(false);
  expect([prompts.list(all), await echo()]).toEqual([[], 'disabled']);
  await apply({ far: { url, prompts: { enabled: true }, timeout: 5 } });
  expect(toolset.switch('far_echo', true)).toBe('done');
  expect([await echo(), statusOf(parts, 'far'), seen]).toEqual(['disabled', 'healthy', []]);
  parts.switch('far', true);
  await eventually(() => expect(prompts.list(all)).toHaveLength(1));
  await eventually(() => expect(toolset.registry.get('far_echo')?.enabled).toBe(true));
  expect(await echo()).toBeUndefined();
});

test('a call that runs while its upstream is switched off has its answer', async () => {
  const parts = await fixture();
  const { toolset, apply } = parts;
  const entered = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const url = await serveEcho([], [], async () => {
    entered.resolve();
    await answer.promise;
  });
  await apply({ far: { url } });
  await eventually(() => expect(toolset.registry.get('far_echo')).toBeDefined());
  const call = callTool(toolset.registry.get('far_echo'), { arguments: {}, caller: { name: 'ana' } });
  await entered.promise;
  parts.switch('far', false);
  answer.resolve();
  expect(await call).toMatchObject({ ok: true, content: [{ type: 'text', text: 'again' }] });
});
