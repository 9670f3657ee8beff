import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ConfigStore, MemorySource, type ConfigError } from '@mcp/config';
import { expect, test } from 'vitest';

import type { ServerConfig } from './shape/server-config.ts';
import { serverNotices } from './rules/server-rules.ts';
import { serverConfigDefinition } from './server-definition.ts';
import { loadError } from './test-support/load-server-config.ts';
import { upstreamFingerprint, upstreamOptions } from './settings/upstream-options.ts';

const launcher = { open: () => Promise.reject(new Error('nothing is started here')) };
const tokens = (): undefined => undefined;
const store = { read: () => undefined, write: () => {} };

async function load(upstream: string, more = ''): Promise<ServerConfig> {
  const source = new MemorySource(`presets: []\nupstreams:\n  files: ${upstream}\n${more}`);
  await using loaded = await ConfigStore.load({ definition: serverConfigDefinition, source });
  return loaded.snapshot.values;
}

test.each([
  ['{}', '', /exactly one of url and command/],
  ['{url: "https://x.test/mcp", command: [node]}', '', /exactly one of url and command/],
  ['{url: "https://x.test/mcp", env: {A: b}}', 'env', /no effect without command/],
  ['{url: "https://x.test/mcp", cwd: /tmp}', 'cwd', /no effect without command/],
  ['{command: [node, x.js], auth: {type: none}}', 'auth', /no effect without url/],
  ['{command: ["node x.js"]}', 'command.0', /is not a program/],
  ['{command: [node], tls: {caFile: /x.pem}}', 'tls', /no effect without url/],
  ['{url: "http://127.0.0.1/mcp", tls: {caFile: /x.pem}}', 'tls', /no effect on http/],
  ['{url: "https://x.test/mcp", tls: {certFile: /x.pem}}', 'tls', /needs both certFile and keyFile/],
  ['{command: []}', 'command', /1 to 256 items/],
  ['{command: [node], restart: {initial: 60s, max: 1s}}', 'restart.initial', /longer than max/],
  ['{command: [node], restart: {max: 200ms}}', 'restart.initial', /longer than max/],
  ['{url: "https://x.test/mcp", headers: {X-A: "1", x-a: "2"}}', 'headers.x-a', /same header as X-A/],
  [
    '{url: "https://x.test/mcp", headers: {authorization: Basic abc}, auth: {type: bearer, token: abc}}',
    'headers.authorization',
    /set by auth as well/,
  ],
  ['{url: "https://x.test/mcp", tools: {rename: {a: x, b: x}}}', 'tools.rename.b', /name that a is given too/],
  ['{url: "https://user:pass@x.test/mcp"}', 'url', /without user and password/],
  ['{url: "ftp://x.test/mcp"}', 'url', /full http or https URL/],
  ['{url: /mcp}', 'url', /full http or https URL/],
  ['{url: "http://x.test/mcp"}', 'url', /clear text/],
  ['{url: "https://x.test/mcp", headers: {Host: y}}', 'headers.Host', /cannot be a key/],
  ['{url: "https://x.test/mcp", headers: {Mcp-Session-Id: y}}', 'headers.Mcp-Session-Id', /cannot be a key/],
  ['{url: "https://x.test/mcp", headers: {X-A: "a\\r\\nB: c"}}', 'headers.X-A', /visible ASCII/],
  ['{url: "https://x.test/mcp", protocol: "2024-11-05"}', 'protocol', /must be 'auto', '2026-07-28' or '2025-11-25'/],
  ['{url: "https://x.test/mcp", transport: sse}', 'transport', /unknown key/],
  ['{url: "https://x.test/mcp", trust: yes}', 'trust', /must be 'locked', 'firstUse' or 'open'/],
  ['{url: "https://x.test/mcp", isolation: user}', 'isolation', /must be 'auto', 'shared', 'caller' or 'session'/],
  ['{url: "https://x.test/mcp", timeout: 0}', 'timeout', /must be a duration/],
  ['{url: "https://x.test/mcp", concurrency: 0}', 'concurrency', /from 1 to 1000/],
  ['{url: "https://x.test/mcp", maxInstances: -1}', 'maxInstances', /from 1 to 100/],
  ['{url: "https://x.test/mcp", tools: [a]}', 'tools', /must be a mapping/],
  ['{url: "https://x.test/mcp", tools: {include: read_*}}', 'tools.include', /must be a list/],
  ['{url: "https://x.test/mcp", tools: {rename: {a: ""}}}', 'tools.rename.a', /letters, digits/],
  [
    '{url: "https://x.test/mcp", tools: {overrides: {go: {targets: {url: web}}}}}',
    'tools.overrides.go.targets.url',
    /must be 'ip', 'host'/,
  ],
  ['{url: "https://x.test/mcp", auth: {type: bearer}}', 'auth', /needs either token or tokenFile/],
  ['{url: "https://x.test/mcp", auth: {type: basic}}', 'auth.type', /must be 'bearer', 'clientCredentials' or 'none'/],
  ['{url: "https://x.test/mcp", egress: {allow: [y.test]}}', 'egress.allow', /unknown key/],
  ['{url: "https://x.test/mcp", prompts: true}', 'prompts', /must be a mapping/],
  ['{url: "https://x.test/mcp", priority: critical}', 'priority', /must be 'informational' or 'important'/],
  ['{command: node x.js}', 'command', /must be a list/],
  ['{command: [node], args: [x.js]}', 'args', /unknown key/],
  ['{command: [node], env: {A: 1}}', 'env.A', /must be a string/],
  ['{command: [node], env: {"A=B": x}}', 'env.A…', /cannot be a key/],
  ['{command: [node], start: always}', 'start', /must be 'lazy' or 'eager'/],
  ['{command: [node], sandbox: strict}', 'sandbox', /must be a mapping/],
  ['https://x.test/mcp', '', /must be a mapping/],
  [
    '{url: "https://x.test/mcp", auth: {type: clientCredentials, tokenUrl: "https://x.test/t", clientId: a, clientSecret: {file: /x}, keyId: k}}',
    'auth.keyId',
    /no effect without authMethod: private_key_jwt/,
  ],
])('an upstream %s is refused', async (upstream, place, message) => {
  const error = (await load(upstream).catch((thrown: unknown) => thrown)) as ConfigError;
  const [problem] = error.problems;
  expect(problem?.path.slice(2).join('.')).toBe(place);
  expect(problem?.message).toMatch(message);
});

test('a program gets its arguments as they are, its variables, and limits without processor time', async () => {
  const values = await load(
    '{command: [node, "/opt/a b.js", ""], env: {LEVEL: warn}, idleStop: never, restart: {initial: 2}}',
  );
  const { stdio, idleStopMs } = upstreamOptions(values, 'files', { version: '1', store, launcher, tokens });
  expect(idleStopMs).toBe(0);
  expect(stdio).toMatchObject({
    command: ['node', '/opt/a b.js', ''],
    environment: { LEVEL: 'warn' },
    start: 'lazy',
    restart: { initialMs: 2000, maxMs: 60_000, stableAfterMs: 30_000 },
  });
  expect(stdio?.limits?.cpuSeconds).toBeUndefined();
  expect(stdio?.limits?.memoryBytes).toBeGreaterThan(0);
});

test('fewer programs than upstreams that are programs are refused', async () => {
  const more = '  notes: {command: [node]}\nfederation: {maxProcesses: 1}\n';
  const error = (await load('{command: [node]}', more).catch((thrown: unknown) => thrown)) as ConfigError;
  expect(error.problems).toMatchObject([
    {
      path: ['federation', 'maxProcesses'],
      message: expect.stringContaining('number of upstreams that are programs (2)'),
    },
  ]);
});

test('certificates are read for each connection, and one that is missing is named by its key', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-upstreams-'));
  const file = join(folder, 'ca.pem');
  try {
    const values = await load(`{url: "https://x.test/mcp", tls: {caFile: ${file}}}`);
    const { http } = upstreamOptions(values, 'files', { version: '1', store, launcher, tokens });
    expect(() => http?.tls?.()).toThrow('tls.caFile of the upstream names a file that cannot be read as PEM.');
    writeFileSync(file, '-----BEGIN CERTIFICATE-----');
    expect(http?.tls?.()).toEqual({ ca: '-----BEGIN CERTIFICATE-----' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('its secrets are read at each start and are no part of what is shown', async () => {
  process.env['UPSTREAM_TEST_TOKEN'] = 'hunter2-hunter2';
  try {
    const values = await load('{command: [node], secrets: {TOKEN: {variable: UPSTREAM_TEST_TOKEN}}}');
    const { stdio } = upstreamOptions(values, 'files', { version: '1', store, launcher, tokens });
    expect(stdio?.secrets?.()).toEqual([{ name: 'TOKEN', value: 'hunter2-hunter2', as: 'environment' }]);
    expect(JSON.stringify(values)).not.toContain('hunter2');
  } finally {
    delete process.env['UPSTREAM_TEST_TOKEN'];
  }
});

test('a changed sandbox or limit of all programs replaces the program of an upstream, and not a connection', async () => {
  const changed = 'sandbox: {mode: none, minimum: none}';
  const [program, same] = [await load('{command: [node]}'), await load('{command: [node]}', changed)];
  expect(upstreamFingerprint(program, 'files')).not.toBe(upstreamFingerprint(same, 'files'));
  const url = '{url: "https://x.test/mcp"}';
  expect(upstreamFingerprint(await load(url), 'files')).toBe(upstreamFingerprint(await load(url, changed), 'files'));
});

test.each([
  ['[npx, -y, "@modelcontextprotocol/server-memory"]', 1],
  ['[npx, -y, "@modelcontextprotocol/server-memory@2026.8.1"]', 0],
  ['[uvx, "mcp-server-time==1.0"]', 0],
  ['[/usr/bin/node, server.js]', 0],
])('a package runner without a version is noticed: %s', async (command, count) => {
  const notices = serverNotices(await load(`{command: ${command}}`));
  expect(notices.filter((notice) => notice.includes('names no version'))).toHaveLength(count);
});

test.each(['https://${HOST}/mcp', 'https://h/${PATH}', 'https://{{ host }}/mcp'])(
  'the URL %s is a problem',
  async (url) => {
    const { problems } = await loadError(`upstreams: { u: { url: "${url}" } }`);
    expect(problems).toMatchObject([{ path: ['upstreams', 'u', 'url'] }]);
  },
);

test.each([
  ['~/server.js', 1],
  ['$HOME/server.js', 1],
  ['${workspaceFolder}/server.js', 1],
  ['--token=${env:TOKEN}', 1],
  ['%APPDATA%/server.js', 1],
  ['100%', 0],
  ['a~/b', 0],
  ['console.log(`${x}`)', 0],
  ['exec node ${X}/server.js', 0],
])('a word that a shell would have expanded has a notice: %s', async (word, count) => {
  const notices = serverNotices(await load(`{command: [node, ${JSON.stringify(word)}]}`));
  expect(notices.filter((notice) => notice.includes('command[1] has a ~/ or a variable'))).toHaveLength(count);
});

test('a key that clients have for the same has a suggestion', async () => {
  const error = (await load('{command: [npx], args: [-y]}').catch((thrown: unknown) => thrown)) as ConfigError;
  expect(error.problems).toMatchObject([{ suggestion: "did you mean 'command'?" }]);
});
