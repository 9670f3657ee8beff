import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { MemorySource } from '@mcp/config';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { loadError, loadServerConfig } from '../test-support/load-server-config.ts';

const FIRST = 'b5c1f6a2d4e8907734ab12cd56ef9081';
const SECOND = 'A7f0-Zk2.q9_WmX3+Lp8/Tr5=Yn6Vb1Gh';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-cluster-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('cluster.secrets', () => {
  test('are read from the file, a variable or a file of their own, a line each, in their order, and never shown', async () => {
    const fromFile = await loadServerConfig(`cluster: { secrets: ['${FIRST}', '${SECOND}'] }`);
    const fromVariable = await loadServerConfig('{}', { env: { MCP_CLUSTER_SECRETS: `${FIRST},${SECOND}` } });
    const file = join(folder, 'secrets');
    writeFileSync(file, `${FIRST}\n${SECOND}\n`, { mode: 0o600 });
    const fromSecretFile = await loadServerConfig('{}', { env: { MCP_CLUSTER_SECRETS_FILE: file } });
    for (const store of [fromFile, fromVariable, fromSecretFile]) {
      expect(store.snapshot.values.cluster.secrets.map((secret) => secret.reveal())).toEqual([FIRST, SECOND]);
      expect(JSON.stringify(store.describe())).not.toContain(FIRST);
    }
  });

  test.each([
    ['shorter than 32 characters', `['${FIRST.slice(1)}']`],
    ['of few different characters', "['abababababababababababababababababab']"],
    ['with a space or a comma', `['${FIRST} ${FIRST}', '${FIRST},${FIRST}']`],
    ['twice the same', `['${FIRST}', '${FIRST}']`],
    ['four', `['${FIRST}1', '${FIRST}2', '${FIRST}3', '${FIRST}4']`],
  ])('are refused when they are %s, without being shown', async (_, secrets) => {
    const { problems, message } = await loadError(`cluster:\n  secrets: ${secrets}\n`);
    expect(problems[0]?.path.slice(0, 2)).toEqual(['cluster', 'secrets']);
    expect(message).toContain('config.yaml:2:');
    expect(message).not.toContain(FIRST);
  });
});

describe('cluster.breakers', () => {
  const engine = `cluster: { url: 'redis://10.0.0.5', secrets: ['${FIRST}'], breakers: any }\nsecurity: { apiKey: k-1 }\n`;

  test.each([
    ['alone', 'cluster: { breakers: primed }'],
    ['alone over HTTP', 'server: { transport: http }\ncluster: { breakers: primed }'],
  ])('is refused for a server that runs %s, where it would have no effect', async (_, text) => {
    const { problems } = await loadError(text);
    expect(problems.map(({ path }) => path.join('.'))).toEqual(['cluster.breakers']);
    expect(problems[0]?.message).toContain('(primed) has no effect');
    expect(problems[0]?.suggestion).toMatch(/cluster\.url.*server\.workers.*off/u);
  });

  test.each([
    ['several servers', `server: { transport: http }\n${engine}`, 'any'],
    ['several workers', 'server: { transport: http, workers: 2 }\ncluster: { breakers: primed }', 'primed'],
    ['a server alone when it is off', 'cluster: { breakers: off }', 'off'],
    ['a server alone when it is not set', '{}', 'off'],
  ])('is accepted for %s', async (_, text, breakers) => {
    expect((await loadServerConfig(text)).snapshot.values.cluster.breakers).toBe(breakers);
  });

  test('takes effect with a reload', async () => {
    const source = new MemorySource('server: { transport: http, workers: 2 }');
    await using store = await loadServerConfig('', { source });
    source.set('server: { transport: http, workers: 2 }\ncluster: { breakers: any }');
    expect(await store.reload()).toMatchObject({ changes: [{ path: ['cluster', 'breakers'] }], restartRequired: [] });
  });
});

describe('cluster.url', () => {
  const url = 'redis://:pass-word@10.0.0.5:6379';
  const http = 'server: { transport: http }';
  const key = 'security: { apiKey: k-1 }';

  test.each([
    ['http://10.0.0.5'],
    ['10.0.0.5:6379'],
    ['redis://'],
    ['redis+unix:///run/redis.sock'],
    ['redis-sentinel://10.0.0.5:26379/main'],
    ['redis://10.0.0.5:6379,10.0.0.6:6379'],
    ['redis://10.0.0.5,10.0.0.6:6379'],
    ['redis://10.0.0.5/name'],
    ['redis://10.0.0.5/-1'],
    ['redis://10.0.0.5?enableOfflineQueue=true'],
    ['redis://:pass#word@10.0.0.5'],
    ['redis://:pass/word@10.0.0.5'],
    ['redis://:100%@10.0.0.5'],
  ])('is refused as %s', async (wrong) => {
    const { problems, message } = await loadError(`cluster: { url: '${wrong}' }`);
    expect(problems.map(({ path }) => path.join('.'))).toEqual(['cluster.url']);
    expect(message).toContain('percent-encoded');
    expect(message).not.toMatch(/pass.word/u);
  });

  test.each([['redis://[::1]:6379'], ['redis://user:p%40ss%23@10.0.0.5/3'], ['rediss://engine.lab.internal:6380/']])(
    'is accepted as %s',
    async (right) => {
      const text = `cluster: { url: '${right}', secrets: ['${FIRST}'] }\n${http}\n${key}\n`;
      expect((await loadServerConfig(text)).snapshot.values.cluster.url.reveal()).toBe(right);
    },
  );

  test('needs secrets, credentials and HTTP, all reported at once', async () => {
    const { problems, message } = await loadError(`cluster: { url: '${url}' }`);
    expect(problems.map((problem) => problem.message)).toEqual([
      expect.stringContaining('over stdio'),
      expect.stringContaining('cluster.secrets'),
      expect.stringContaining('credentials'),
    ]);
    expect(message).toContain('config.yaml:1:');
    expect(message).not.toContain('pass-word');
  });

  test('is accepted with all three', async () => {
    const { snapshot } = await loadServerConfig(`cluster: { url: '${url}', secrets: ['${FIRST}'] }\n${http}\n${key}\n`);
    expect(snapshot.values.cluster).toMatchObject({ name: 'mcp', timeout: 0.15, startTimeout: 30 });
  });

  test.each([
    ['no PostgreSQL', ''],
    ['SQLite', "database: { url: 'sqlite:audit.db' }"],
    ['jobs in memory', "database: { url: 'postgres://db/mcp' }\njobs: { store: memory }"],
  ])('with jobs and %s is refused, and both ways out are named', async (_, stores) => {
    const cluster = `cluster: { url: '${url}', secrets: ['${FIRST}'] }\n${http}\n${key}\n${stores}\n`;
    const tool = (job: string): string => `tools: { scan: { description: Scans, command: nmap, job: ${job} } }\n`;
    const { problems } = await loadError(cluster + tool('required'));
    expect(problems.map(({ path }) => path.join('.'))).toEqual(['tools.scan.job']);
    expect(problems[0]?.suggestion).toMatch(/database\.url to postgres.*job to never/u);
    await loadServerConfig(cluster + tool('never'));
  });

  test('with jobs and a PostgreSQL is accepted', async () => {
    const config = `cluster: { url: '${url}', secrets: ['${FIRST}'] }\n${http}\n${key}\ndatabase: { url: 'postgres://db/mcp' }\n`;
    const tool = 'tools: { scan: { description: Scans, command: nmap, job: auto } }\n';
    const { snapshot } = await loadServerConfig(config + tool);
    expect(snapshot.values.tools['scan']?.job?.mode).toBe('auto');
  });
});
