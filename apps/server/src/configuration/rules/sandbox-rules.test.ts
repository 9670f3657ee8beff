import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { findUser, userProblems } from './sandbox-rules.ts';
import { loadError, loadServerConfig } from '../test-support/load-server-config.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'rules-')));
const socket = createServer();
beforeAll(async () => {
  mkdirSync(join(root, 'data/inner'), { recursive: true });
  writeFileSync(join(root, 'data/file'), '');
  symlinkSync('/etc', join(root, 'link-to-etc'));
  socket.listen(join(root, 'socket'));
  await once(socket, 'listening');
});
afterAll(() => {
  socket.close();
  rmSync(root, { recursive: true });
});

const tool = (keys: string, more = ''): string =>
  `{ tools: { t: { description: A, command: df, sandbox: { ${keys} } } }${more} }`;

test.each([
  ['read: [/]', 'holds far more than one program may see'],
  ['read: [/etc]', 'holds far more than one program may see'],
  ['read: [/home]', 'holds far more than one program may see'],
  ['read: [/proc/self]', 'is of the running system'],
  ['read: [/no/such]', 'does not exist'],
  ['read: [relative]', 'a path that starts with /'],
  ['read: [/usr, /usr]', 'repeats'],
])('%s is refused', async (keys, why) => {
  const { message } = await loadError(tool(keys));
  expect(message).toContain(why);
  expect(message).toMatch(/:1:\d+: /);
});

test('a link counts as what it leads to', async () => {
  expect((await loadError(tool(`read: [${root}/link-to-etc]`))).message).toContain('holds far more');
});

test('a socket is no file, and only a folder can be written', async () => {
  expect((await loadError(tool(`read: [${root}/socket]`))).message).toContain('is neither a file nor a folder');
  expect((await loadError(tool(`write: [${root}/data/file]`))).message).toContain('is not a folder');
});

test('what the server keeps is never given to a program', async () => {
  const audit = `, database: { url: 'sqlite:${root}/data/audit.db' }`;
  expect((await loadError(tool(`read: [${root}/data]`, audit))).message).toContain('holds a file of this server');
  const log = `, logging: { filePath: '${root}/data/server.log' }`;
  expect((await loadError(tool(`write: [${root}/data]`, log))).message).toContain('holds a file of this server');
  await using store = await loadServerConfig(tool(`read: [${root}/data/inner]`, audit));
  expect(store.snapshot.values.tools['t']?.sandbox?.read).toEqual([`${root}/data/inner`]);
});

test('nothing is readable below what the program may write', async () => {
  const { message } = await loadError(tool(`read: [${root}/data/inner], write: [${root}/data]`));
  expect(message).toContain(`is below ${root}/data, which the program may write`);
});

test('a key without effect at its level is refused', async () => {
  expect((await loadError(tool('mode: limits, read: [/usr]'))).message).toContain('has no effect at the level limits');
});

test('programs of health checks count among the different sandboxes', async () => {
  const health = 'health: { dependencies: [{ name: web, type: command, command: cat }] }';
  const text = `{ sandbox: { mode: auto, maxProfiles: 1 }, presets: [], tools: { t: { description: A, command: df } }, ${health} }`;
  expect((await loadError(text)).message).toContain('the 2 different sandboxes of t; health.dependencies.web');
});

test('presets count among the different sandboxes: those that are listed, installed or not', async () => {
  const text = (presets: string, max: number): string =>
    `{ sandbox: { mode: auto, maxProfiles: ${max} }, presets: [${presets}], security: { allowedTargets: [RFC1918] } }`;
  expect((await loadError(text('whois, curl_head, dig', 2))).message).toContain(
    'the 3 different sandboxes of the preset dig; the preset whois; the preset curl_head',
  );
  await using store = await loadServerConfig(text('whois, curl_head, dig', 3));
  expect(store.snapshot.values.presets).toHaveLength(3);
});

test('a user is found by its name', () => {
  expect(findUser('root')).toEqual({ name: 'root', uid: 0, gid: 0 });
  expect(findUser('no-such-user')).toBeUndefined();
});

const asked = (user: string): string[] =>
  userProblems({ sandbox: { user } as Parameters<typeof userProblems>[0]['sandbox'] }).map(({ message }) => message);

test.skipIf(process.getuid?.() !== 0)('sandbox.user is another user than root that exists', () => {
  expect(asked('root')).toEqual(['(root) is root']);
  expect(asked('no-such-user')).toEqual(['(no-such-user) is not in /etc/passwd']);
  expect(asked('nobody')).toEqual([]);
});

test.skipIf(process.getuid?.() === 0)('only root can switch to sandbox.user', () => {
  expect(asked('nobody')).toEqual(['needs a server that runs as root']);
});
