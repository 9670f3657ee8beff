import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ConfigStore, MemorySource } from '@mcp/config';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { serverConfigDefinition } from '../configuration/server-definition.ts';
import { findingText } from './upstream-finding.ts';
import { upstreamFindings } from './upstream-findings.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-findings-'));
  writeFileSync(join(folder, 'damaged.pem'), '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n');
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(join(folder, 'token'), 'abc\n');
  writeFileSync(join(folder, 'two-lines'), 'secret-abc\nsecret-def\n');
  writeFileSync(join(folder, 'broken.lock.json'), '{ "version": 1, "upstr');
  writeFileSync(join(folder, 'secret'), 'long enough');
});
afterAll(() => rmSync(folder, { recursive: true }));

async function findingsOf(upstreams: object, federation: object = {}): Promise<string[]> {
  const lockFile = join(folder, 'none.lock.json');
  const source = new MemorySource(JSON.stringify({ upstreams, federation: { lockFile, ...federation } }));
  await using store = await ConfigStore.load({ definition: serverConfigDefinition, file: '/x/config.yaml', source });
  return (await upstreamFindings(store.snapshot.values)).map(findingText);
}

const at = (name: string): string => join(folder, name);
const URL_OK = 'https://up.example/mcp';

test.each([
  ['a metadata address', { url: 'https://169.254.169.254/mcp' }, 'upstreams.up.url: The address is link-local'],
  ['a link-local address', { url: 'https://[fe80::1]/mcp' }, 'upstreams.up.url: The address is link-local'],
  [
    'an address that leads to one',
    { url: 'https://[64:ff9b::a9fe:a9fe]/mcp' },
    'upstreams.up.url: The address is link-local',
  ],
  ['no program', { command: ['no-such-program'] }, 'upstreams.up.command: The program cannot be started: '],
  ['no folder', { command: ['node'], cwd: '/no/such' }, 'upstreams.up.cwd: /no/such is not a folder'],
  [
    'no secret file',
    { command: ['/bin/cat'], secrets: { KEY: { file: '/no/secret' } } },
    'upstreams.up.secrets: Its secret KEY is missing: its file cannot be read.',
  ],
  [
    'no secret variable',
    { command: ['/bin/cat'], secrets: { KEY: { variable: 'MCP_TEST_UNSET' } } },
    'upstreams.up.secrets: Its secret KEY is missing: its variable is not set.',
  ],
  ['no authorities', { url: URL_OK, tls: { caFile: '/no/ca.pem' } }, 'upstreams.up.tls.caFile: /no/ca.pem cannot'],
  [
    'no token file',
    { url: URL_OK, auth: { type: 'bearer', tokenFile: '/no/token' } },
    'upstreams.up.auth.tokenFile: auth.tokenFile of the upstream names a file that cannot be read (ENOENT).',
  ],
  [
    'no client secret',
    {
      url: URL_OK,
      auth: { type: 'clientCredentials', tokenUrl: URL_OK, clientId: 'a', clientSecret: { file: '/no/secret' } },
    },
    'upstreams.up.auth.clientSecret.file: It names a file that cannot be read (ENOENT).',
  ],
  [
    'a metadata address for tokens',
    {
      url: URL_OK,
      auth: {
        type: 'clientCredentials',
        tokenUrl: 'https://169.254.169.254/t',
        clientId: 'a',
        clientSecret: { variable: 'PATH' },
      },
    },
    'upstreams.up.auth.tokenUrl: The address is link-local',
  ],
  ['nothing approved', { url: URL_OK, trust: 'locked' }, 'upstreams.up.trust: It is locked, and '],
])('%s is named with its setting and a remedy', async (_, upstream, expected) => {
  const [found, ...more] = await findingsOf({ up: upstream });
  expect(found).toMatch(/[.:] [A-Z][^.]+\.$/u);
  expect(found).toContain(expected);
  expect(more).toEqual([]);
});

test('files that are there and cannot be used are named without what is in them', async () => {
  const key = at('key.pem');
  const found = await findingsOf({
    ca: { url: URL_OK, tls: { caFile: at('damaged.pem') } },
    token: { url: URL_OK, auth: { type: 'bearer', tokenFile: at('two-lines') } },
    pair: { url: URL_OK, tls: { certFile: at('damaged.pem'), keyFile: key } },
    swapped: { url: URL_OK, tls: { certFile: key, keyFile: at('missing.pem') } },
  });
  expect(found.map((text) => text.slice(0, text.indexOf(':')))).toEqual([
    'upstreams.ca.tls.caFile',
    'upstreams.token.auth.tokenFile',
    'upstreams.pair.tls.keyFile',
    'upstreams.swapped.tls.certFile',
    'upstreams.swapped.tls.keyFile',
  ]);
  expect(found.join('')).not.toContain('secret-');
});

test('what upstreams need is there', async () => {
  expect(
    await findingsOf({
      http: { url: URL_OK, auth: { type: 'bearer', tokenFile: at('token') } },
      near: { url: 'http://10.0.0.1/mcp', egress: { plaintext: true } },
      program: { command: ['/bin/cat'], cwd: folder, secrets: { KEY: { file: at('secret') } } },
    }),
  ).toEqual([]);
});

test('a lock file that cannot be read, or kept, is one finding for all upstreams', async () => {
  const upstreams = { a: { url: URL_OK }, b: { url: URL_OK, trust: 'locked' }, c: { url: URL_OK, trust: 'open' } };
  expect(await findingsOf(upstreams, { lockFile: at('broken.lock.json') })).toEqual([
    expect.stringMatching(/^federation\.lockFile: .*broken\.lock\.json is no lock file of this version/u),
  ]);
  expect(await findingsOf(upstreams, { lockFile: '/no/such/lock.json' })).toEqual([
    expect.stringMatching(/^upstreams\.b\.trust: /u),
    expect.stringMatching(/^federation\.lockFile: The folder of \/no\/such\/lock\.json does not exist, /u),
  ]);
  expect(await findingsOf({ c: upstreams.c }, { lockFile: at('broken.lock.json') })).toEqual([]);
});

test.skipIf(process.getuid?.() === 0)('a folder in which the lock file cannot be written is named', async () => {
  chmodSync(folder, 0o500);
  try {
    expect(await findingsOf({ a: { url: URL_OK } })).toEqual([
      expect.stringContaining('federation.lockFile: This user may not write in '),
    ]);
  } finally {
    chmodSync(folder, 0o700);
  }
});
