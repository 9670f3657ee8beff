import type { ConfigStore, ConfigVetoError } from '@mcp/config';
import { directLauncher } from '@mcp/tool-base';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { ServerConfig } from '../../configuration/shape/server-config.ts';
import { loadError, loadServerConfig } from '../../configuration/test-support/load-server-config.ts';
import { Toolset } from '../toolset.ts';
import { RestTools } from './rest-tools.ts';

let store: ConfigStore<ServerConfig> | undefined;
beforeEach(() => vi.stubEnv('STOCK_TOKEN', 'secret-1'));
afterEach(async () => {
  vi.unstubAllEnvs();
  await store?.[Symbol.asyncDispose]();
});

const BEARER = 'auth: { type: bearer, token: { variable: STOCK_TOKEN } }';
const stock = (http: string): string => `
presets: []
tools:
  stock:
    description: Stock
    parameters: { id: { type: string, maxLength: 9 } }
    http: { url: 'https://api.lab.internal/{id}', ${http} }
`;

async function values(yaml: string): Promise<ServerConfig> {
  await store?.[Symbol.asyncDispose]();
  store = await loadServerConfig(yaml);
  return store.snapshot.values;
}

describe('a request under tools', () => {
  test('becomes a tool, which stays the same until it or its secret changes', async () => {
    const restTools = new RestTools();
    const toolset = new Toolset({
      launcher: directLauncher(),
      recorder: { start: () => ({ end: () => {} }) },
      restTools,
    });
    const apply = async (yaml: string): Promise<unknown> => {
      const config = await values(yaml);
      await restTools.prepare(config);
      toolset.apply(toolset.plan(config));
      return toolset.registry.get('stock');
    };
    const first = await apply(stock(BEARER));
    expect(first).toMatchObject({ definition: { kind: 'operation' }, limits: { timeoutMs: 300_000 } });
    expect(await apply(stock(BEARER))).toBe(first);
    vi.stubEnv('STOCK_TOKEN', 'secret-2');
    const second = await apply(stock(BEARER));
    expect(second).not.toBe(first);
    expect(await apply(stock(`${BEARER}, method: HEAD`))).not.toBe(second);
    expect(await apply('presets: []')).toBeUndefined();
  });

  test('asks before a call where it is declared so', async () => {
    const restTools = new RestTools();
    const config = await values(stock(BEARER).replace('description: Stock', 'description: Stock\n    confirm: always'));
    await restTools.prepare(config);
    expect(restTools.of(config)[0]?.definition.confirm).toBe('always');
  });

  test('has keys in several headers', async () => {
    const keys = (second: string): string =>
      stock(`auth: { type: headers, headers: { X-Key: { variable: STOCK_TOKEN }, X-App: { ${second} } } }`);
    const restTools = new RestTools();
    const identityOf = async (yaml: string): Promise<unknown> => {
      const config = await values(yaml);
      await restTools.prepare(config);
      return restTools.of(config)[0]?.fingerprint;
    };
    vi.stubEnv('STOCK_APP', 'app-1');
    const first = await identityOf(keys('variable: STOCK_APP'));
    vi.stubEnv('STOCK_APP', 'app-2');
    expect(await identityOf(keys('variable: STOCK_APP'))).not.toEqual(first);
    await expect(restTools.prepare(await values(keys('variable: NOWHERE')))).rejects.toMatchObject({
      problems: [{ path: ['tools', 'stock', 'http', 'auth', 'headers', 'X-App', 'variable'] }],
    });
  });

  test('has every problem at its place', async () => {
    const config = await values(
      stock(
        "auth: { type: basic, username: a, password: { file: /nowhere } }, headers: { cookie: x }, query: { a: '{b}' }",
      ),
    );
    const error: unknown = await new RestTools().prepare(config).catch((reason: unknown) => reason);
    expect((error as ConfigVetoError).problems.map(({ path, message }) => [path.slice(3).join('.'), message])).toEqual([
      ['headers.cookie', 'tools.stock.http.headers.cookie is set by the server alone'],
      ['query.a', 'tools.stock.http.query.a names {b}, which is not a parameter'],
      ['auth.password.file', 'tools.stock.http.auth.password.file names a file that cannot be read (ENOENT)'],
    ]);
  });
});

test.each([
  ['command: df, http: { url: https://a.example/ }', 'tools.t', 'must have exactly one of command and http'],
  ['title: x', 'tools.t', 'must have exactly one of command and http'],
  ['http: { url: https://a.example/ }, args: [a], output: json', 'tools.t.args', 'has no effect with http'],
  ['http: { url: ftp://a.example/ }', 'tools.t.http.url', 'must be a full http or https URL'],
  ['http: { url: https://a.example/, body: { json: "{" } }', 'tools.t.http.body.json', 'must be JSON in one line'],
  ['http: { url: https://a.example/, auth: { type: bearer, token: {} } }', 'tools.t.http.auth.token', 'exactly one of'],
  ['command: df, parameters: { a: { type: boolean } }', 'tools.t.parameters.a.flag', 'is required for a boolean'],
])('the declaration %s is refused', async (declared, path, message) => {
  const { problems } = await loadError(`tools: { t: { description: T, ${declared} } }`);
  expect(problems[0]).toMatchObject({ path: path.split('.'), message: expect.stringContaining(message) });
});

test.each(['bearer, token: hunter2hunter2', 'header, name: X, value: [hunter2hunter2]'])(
  'a secret in the place of where it is read from is not shown: %s',
  async (auth) => {
    const error = await loadError(stock(`auth: { type: ${auth} }`));
    expect(error.problems[0]?.message).toContain('must be a mapping');
    expect(`${error.message}${JSON.stringify(error.problems)}`).not.toContain('hunter2');
  },
);
