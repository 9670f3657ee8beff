/** Bugs that users of other configuration libraries reported; one test each. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadSample, loadError, yaml } from './test-support/sample-store.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcp-config-'));
  file = join(folder, 'config.yaml');
  writeFileSync(file, 'tool: {defaultTimeout: 1}\n', { mode: 0o600 });
});
afterEach(() => rm(folder, { recursive: true }));

test('a swapped symbolic link is followed', async () => {
  for (const version of [1, 2]) {
    mkdirSync(join(folder, `v${version}`));
    writeFileSync(join(folder, `v${version}`, 'config.yaml'), `tool: {defaultTimeout: ${version}}`, { mode: 0o600 });
  }
  symlinkSync('v1', join(folder, 'current'));
  const linked = join(folder, 'linked.yaml');
  symlinkSync(join('current', 'config.yaml'), linked);
  await using store = await loadSample('', { source: undefined, file: linked });
  using _watch = store.watch();
  const seen = new Promise((resolve) => store.on('reloaded', resolve));
  symlinkSync('v2', join(folder, 'next'));
  renameSync(join(folder, 'next'), join(folder, 'current'));
  await seen;
  expect(store.snapshot.values.tool.defaultTimeout).toBe(2);
});

test('a change with an unchanged modification time is detected', async () => {
  const { atime, mtime } = statSync(file);
  await using store = await loadSample('', { source: undefined, file });
  using _watch = store.watch();
  const seen = new Promise((resolve) => store.on('reloaded', resolve));
  writeFileSync(file, 'tool: {defaultTimeout: 2}\n');
  utimesSync(file, atime, mtime);
  await seen;
  expect(store.snapshot.values.tool.defaultTimeout).toBe(2);
});

test('a snapshot never changes', async () => {
  await using store = await loadSample('', { source: undefined, file });
  const held = store.snapshot;
  const before = JSON.stringify(held.values);
  await store.update({ tool: { defaultTimeout: 9 } });
  expect(JSON.stringify(held.values)).toBe(before);
  expect(store.snapshot).not.toBe(held);
});

test('saving while watching causes no reload and no partly written file', async () => {
  await using store = await loadSample('', { source: undefined, file });
  using _watch = store.watch();
  let reloads = 0;
  store.on('reloaded', () => (reloads += 1));
  for (let round = 2; round < 22; round += 1) {
    await store.update({ tool: { defaultTimeout: round } });
    await store.save();
    expect(readFileSync(file, 'utf8')).toBe(`tool:\n  defaultTimeout: ${round}\n`);
  }
  expect(reloads).toBe(20);
  expect(store.statistics).toMatchObject({ reloads: 20, rejected: 0 });
});

test('no invalid file ends the process or replaces the configuration', async () => {
  await using store = await loadSample('', { source: undefined, file });
  const rules: string[] = [];
  store.on('rejected', ({ problems }) => rules.push(problems[0]?.rule ?? ''));
  const good = store.snapshot;
  const bomb = [
    'a: &a [x, x]',
    ...'bcdefghi'.split('').map((key, at) => `${key}: &${key} [*${'abcdefgh'[at]}, *${'abcdefgh'[at]}]`),
  ];
  for (const text of ['tool: {', 'tool: {defaultTimeout: x}', '', bomb.join('\n'), 'x'.repeat(10 * 1024 * 1024)]) {
    writeFileSync(file, text);
    expect((await store.reload()).ok).toBe(false);
  }
  await rm(file);
  expect((await store.reload()).ok).toBe(false);
  expect(rules).toEqual(['syntax', 'number', 'empty', 'alias', 'too_large', 'missing']);
  expect(store.snapshot).toBe(good);
});

test('a nested key has a variable', async () => {
  const env = { MCP_SECURITY_RATE_LIMIT_REQUESTS: '7', MCP_SECURITY_RATE_LIMIT_WINDOW: '250ms' };
  await using store = await loadSample('{}', { env });
  expect(store.snapshot.values.security.rateLimit).toEqual({ requests: 7, window: 0.25, burst: 7 });
});

test('strings from the environment are converted, and "no" is false', async () => {
  await using store = await loadSample('{}', { env: { MCP_METRICS_ENABLED: 'no', MCP_SERVER_PORT: '' } });
  expect(store.snapshot.values.metrics.enabled).toBe(false);
  expect(store.snapshot.values.server.port).toBe(8080);
  await loadError('{}', { env: { MCP_SERVER_PORT: '0x10' } });
});

test('an error names the key, its place, what is allowed and what was probably meant', async () => {
  const error = await loadError('server:\n  transprt: http\n');
  expect(error.message).toContain(`config.yaml:2:3: unknown key "transprt" in server; did you mean 'transport'?`);
});

test('a secret is in no output', async () => {
  const source = yaml('security: {apiKey: hunter2-hunter2}');
  await using store = await loadSample('', { source });
  const all = [
    String(store.snapshot.values.security.apiKey),
    JSON.stringify(store.describe()),
    inspect(store, { depth: 9, showHidden: true }),
  ];
  expect(all.join()).not.toContain('hunter2');
});

test('only secrets have a *_FILE variable', async () => {
  writeFileSync(join(folder, 'key'), 'abc\n', { mode: 0o600 });
  await using store = await loadSample('{}', {
    env: { MCP_SECURITY_API_KEY_FILE: join(folder, 'key'), MCP_SERVER_PORT_FILE: join(folder, 'key') },
  });
  expect(store.snapshot.values.security.apiKey?.reveal()).toBe('abc');
  expect(store.snapshot.values.server.port).toBe(8080);
  expect(store.describe().find(({ key }) => key === 'security.apiKey')).toMatchObject({
    value: '[redacted]',
    origin: { variable: 'MCP_SECURITY_API_KEY_FILE' },
  });
});

test('required keys are checked after all layers are merged', async () => {
  const rest = 'security: {jwt: {issuer: "https://id.example", audience: mcp}}';
  await loadError(rest);
  await using store = await loadSample(rest, { env: { MCP_SECURITY_JWT_JWKS_URI: 'https://id.example/jwks' } });
  expect(store.snapshot.values.security.jwt?.audience).toBe('mcp');
});

test('values are deeply frozen, and only update() changes them', async () => {
  await using store = await loadSample('{}');
  const targets = store.snapshot.values.security.allowedTargets as string[];
  expect(() => targets.push('loopback')).toThrow(TypeError);
  await store.update({ security: { allowedTargets: ['loopback'] } });
  expect(store.snapshot.values.security.allowedTargets).toEqual(['loopback']);
});

test('every problem has a line, also after a byte order mark and with CR LF', async () => {
  const { problems } = await loadError('\u{FEFF}server:\r\n  port: 70000\r\nsecurity: {jwt: {}}\r\ntool: 1\r\n');
  expect(problems.map(({ origin }) => (origin.source === 'file' ? origin.line : 0))).toEqual([2, 4]);
});

test('watching does not keep the process alive', () => {
  const script = `
    import { ConfigStore, standardDefinition } from ${JSON.stringify(new URL('index.ts', import.meta.url).href)};
    const store = await ConfigStore.load({ definition: standardDefinition, file: ${JSON.stringify(file)} });
    store.watch();
  `;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { timeout: 10_000, encoding: 'utf8' });
  expect(run).toMatchObject({ status: 0, stderr: '' });
});
