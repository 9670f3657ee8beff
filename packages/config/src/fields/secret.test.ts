import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format, inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { renderDescription } from '../store/described-values.ts';
import { ConfigVetoError, noticeText } from '../describe/problems.ts';
import { Secret, redactSecrets } from './secret.ts';
import { loadSample, loadError, yaml } from '../test-support/sample-store.ts';

const HIDDEN = 'hunter2-do-not-show';
const NEXT = 'second-do-not-show';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcp-config-'));
});
afterEach(() => rm(folder, { recursive: true }));

const FILE = `
database: {url: "postgres://mcp:${HIDDEN}@db.lab.internal/audit"}
security:
  apiKey: ${HIDDEN}
  apiKeys: [{name: a, key: ${HIDDEN}-2, scopes: [admin]}]
`;

test.each(['undefined', 'null', 'None', '[object Object]', 'changeme', 'CHANGE_ME', 'your-api-key'])(
  'a secret is not the word %s',
  async (word) => {
    const { problems } = await loadError('{}', { env: { MCP_SECURITY_API_KEY: word } });
    expect(problems).toMatchObject([{ rule: 'unreplaced_placeholder', path: ['security', 'apiKey'] }]);
  },
);

describe('a secret is not shown by', () => {
  test('string conversion, JSON and inspection of the values', async () => {
    await using store = await loadSample(FILE);
    const { values } = store.snapshot;
    const shown = [
      String(values.security.apiKey),
      values.database.url.toString(),
      JSON.stringify(store.snapshot),
      JSON.stringify(store),
      inspect(store, { depth: 20, showHidden: true, getters: true }),
      inspect(store.snapshot, { depth: 20 }),
      format('%s %o %j', values.security.apiKey, values.security, values),
      Object.values(values.security).map(String).join(),
    ];
    expect(shown.join('\n')).not.toContain(HIDDEN);
    expect(values.security.apiKey?.reveal()).toBe(HIDDEN);
  });

  test('errors about a secret that is not a string, which say how to write it', async () => {
    const { message } = await loadError('security: {apiKey: 12345678901234}');
    expect(message).toContain('put it in quotes');
    expect(message).not.toContain('12345678901234');
  });

  test.each([`${HIDDEN}\n`, ` ${HIDDEN}`, `${HIDDEN}\r\n`])(
    'the error about white space around it, as echo leaves it: %j',
    async (value) => {
      const { message } = await loadError('{}', { env: { MCP_SECURITY_API_KEY: value } });
      expect(message).toContain('a space or a line end at its start or end');
      expect(message).not.toContain(HIDDEN);
    },
  );

  test('errors about anything near it', async () => {
    const texts = [
      `security: {apiKey: "${HIDDEN} with space"}`,
      `security: {apiKey: [${HIDDEN}]}`,
      `security: {apiKey: {a: ${HIDDEN}}}`,
      `security: {apiKye: ${HIDDEN}}`,
      `security: {api_key: ${HIDDEN}, apiKey: ${HIDDEN}}`,
      `security: {apiKeys: ${HIDDEN}}`,
      `security: {apiKeys: [${HIDDEN}]}`,
      `security: {apiKeys: [{name: a, key: ${HIDDEN}, scopes: [nope]}]}`,
      `security: {apiKeys: [{name: a, kee: ${HIDDEN}, scopes: [admin]}]}`,
      `security: {apiKeys: {name: a, key: ${HIDDEN}, scopes: [admin]}}`,
      `security: ${HIDDEN}`,
      `database: {url: "mysql://u:${HIDDEN}@h/d"}`,
      `security:\n  apiKey: |\n    ${HIDDEN}\n    x\n  prot: 1`,
      `security: {apiKey: *${HIDDEN}}`,
      `security:\n  apiKey: ${HIDDEN}: x\n`,
      `security:\n  apiKey: ${HIDDEN}\n bad\n`,
      `security: {apiKey: "${HIDDEN}\n`,
      `# ${HIDDEN}\nserver: {prot: 1} # ${HIDDEN}`,
      `${FILE}server: {port: 0.5}`,
      `security: {apiKey: !!str ${HIDDEN}}`,
      `{"security": {"apiKey": "${HIDDEN}", "prot": 1}}`,
      `a: ${HIDDEN}\n---\nb: ${HIDDEN}`,
    ];
    for (const text of texts) {
      const error = await loadError(text);
      const shown = [error.message, JSON.stringify(error.problems), inspect(error, { depth: 20 }), error.stack];
      expect(shown.join('\n')).not.toContain(HIDDEN);
    }
    const env = { MCP_DATABASE_URL: `mysql://${HIDDEN}`, MCP_SECURITY_API_KEYS: `[{key: ${HIDDEN}, name: 1}]` };
    expect((await loadError('{}', { env })).message).not.toContain(HIDDEN);
  });

  test.each([
    ['a space is missing after the colon', `security: {apiKey:${HIDDEN}, auth: required}`],
    ['a space is missing in a list', `security:\n  apiKeys:\n    - {name: ci, key:${HIDDEN}, scopes: [admin]}`],
    ['a quote is missing in JSON', `{"security":{apiKey":"${HIDDEN}","auth":"required"}}`],
    ['an equals sign stands for the colon', `security:\n  apiKey=${HIDDEN}: 1`],
    ['the colon is missing', `security: {apiKey ${HIDDEN}}`],
    ['a quoted key holds it', `security: {"apiKey: ${HIDDEN}": 1}`],
    ['the key of a mapping holds it', `tools: {"ping:${HIDDEN}": {description: a, command: b}}`],
    ['a URL holds a password', `server: {transport: "http://probe:${HIDDEN}@db.lab.internal/"}`],
    ['a path is a URL with a password', `logging: {filePath: 'https://u:${HIDDEN}@h/x'}`],
    ['a URL with a password is beside what is wrong', `{"logging":{"filePath":"https://u:${HIDDEN}@h/","level":"x"}}`],
    ['a URL holds a token', `server:\n  port: https://${HIDDEN}@db.lab.internal/`],
  ])('errors when %s', async (_, text) => {
    const error = await loadError(text);
    const shown = [error.message, JSON.stringify(error.problems), inspect(error, { depth: 20 })];
    expect(shown.join('\n')).not.toContain(HIDDEN);
  });

  test('diff, events, metrics, descriptions and notices', async () => {
    const source = yaml(FILE);
    await using store = await loadSample('', { source });
    const shown: unknown[] = [];
    store.on('reloaded', (event) => shown.push(event));
    store.on('rejected', (event) => shown.push(event));
    source.set(FILE.replaceAll(HIDDEN, NEXT));
    const result = await store.reload();
    expect(result).toMatchObject({
      ok: true,
      changes: [{ path: ['security', 'apiKey'] }, { path: ['security', 'apiKeys'] }],
    });
    source.set(`${FILE}\nsecurity: 1`);
    await store.reload();
    shown.push(result, store.statistics, store.describe(), renderDescription(store.describe()));
    shown.push(...store.notices.map(noticeText));
    expect(shown.length).toBeGreaterThan(4);
    expect(JSON.stringify(shown) + inspect(shown, { depth: 20 })).not.toMatch(new RegExp(`${HIDDEN}|${NEXT}`));
  });

  test('a veto of a subscriber', async () => {
    const source = yaml(FILE);
    const subscribers = [
      {
        name: 'leaky',
        check: (next: { security: { apiKey: Secret | undefined } }, previous: unknown) => {
          if (previous === undefined) return;
          throw new ConfigVetoError([
            { path: ['security', 'apiKey'], message: `bad key ${next.security.apiKey?.reveal()}` },
          ]);
        },
      },
    ];
    await using store = await loadSample('', { source, subscribers });
    source.set(FILE.replaceAll(HIDDEN, NEXT));
    const result = await store.reload();
    expect(JSON.stringify(result)).toContain('bad key [redacted]');
  });

  test('the saved file, when it came from the environment', async () => {
    const file = join(folder, 'config.yaml');
    await writeFile(file, 'server: {port: 1}\n', { mode: 0o600 });
    const env = { MCP_SECURITY_API_KEY: HIDDEN, MCP_DATABASE_URL: `postgres://u:${HIDDEN}@h/d` };
    await using store = await loadSample('', { source: undefined, file, env });
    await store.save();
    expect(await readFile(file, 'utf8')).toBe('server:\n  port: 1\n');
  });

  test('a copy of the file, even when it came from the file', async () => {
    const file = join(folder, 'config.yaml');
    await writeFile(file, FILE, { mode: 0o600 });
    await using store = await loadSample('', { source: undefined, file });
    const copy = await store.save({ file: join(folder, 'copy.json') });
    expect(copy.omitted).toEqual(['database.url', 'security.apiKey', 'security.apiKeys']);
    expect(await readFile(copy.file, 'utf8')).not.toContain(HIDDEN);
    await store.save();
    expect(await readFile(file, 'utf8')).toContain(HIDDEN);
  });
});

describe('secret files', () => {
  test('a *_FILE variable is read, without its last line break', async () => {
    for (const [content, expected] of [
      ['k1', 'k1'],
      ['k2\n', 'k2'],
      ['k3\r\n', 'k3'],
    ] as const) {
      const file = join(folder, 'key');
      await writeFile(file, content, { mode: 0o600 });
      await using store = await loadSample('{}', { env: { MCP_SECURITY_API_KEY_FILE: file } });
      expect(store.snapshot.values.security.apiKey?.reveal()).toBe(expected);
      expect(store.snapshot.origin('security.apiKey')).toMatchObject({ variable: 'MCP_SECURITY_API_KEY_FILE' });
    }
  });

  test('setting both the variable and its *_FILE variant is an error', async () => {
    const file = join(folder, 'key');
    await writeFile(file, 'k', { mode: 0o600 });
    const env = { MCP_SECURITY_API_KEY: 'k', MCP_SECURITY_API_KEY_FILE: file };
    expect((await loadError('{}', { env })).problems).toMatchObject([{ rule: 'two_variables' }]);
  });

  test('a missing secret file is an error that names it', async () => {
    const file = join(folder, 'nothing');
    const error = await loadError('{}', { env: { MCP_SECURITY_API_KEY_FILE: file } });
    expect(error.message).toContain(`${JSON.stringify(file)} cannot be used: it does not exist`);
  });

  test('a *_FILE variant of a key that is not a secret is reported as unknown', async () => {
    await using store = await loadSample('{}', { env: { MCP_SERVER_PORT_FILE: '/etc/port' } });
    expect(store.notices).toHaveLength(1);
  });

  test('every secret of the definition, and nothing else, has a *_FILE variant', async () => {
    const file = join(folder, 'url');
    await writeFile(file, 'sqlite:/data/a.db\n', { mode: 0o600 });
    await using store = await loadSample('{}', { env: { MCP_DATABASE_URL_FILE: file } });
    expect(store.snapshot.values.database.url.reveal()).toBe('sqlite:/data/a.db');
  });
});

describe('a secret that another program should have completed', () => {
  test.each(['${MCP_KEY}', '$MCP_KEY', '%MCP_KEY%', '$(MCP_KEY)', '{{mcp_key}}', 'Bearer-${MCP_KEY}'])(
    '%s is rejected, in the file, the environment and a file of its own',
    async (text) => {
      const file = join(folder, 'key');
      await writeFile(file, `${text}\n`, { mode: 0o600 });
      for (const error of [
        await loadError(`security: {apiKey: '${text}'}`),
        await loadError(`security: {apiKeys: [{name: ci, key: '${text}', scopes: [admin]}]}`),
        await loadError('{}', { env: { MCP_SECURITY_API_KEY: text } }),
        await loadError('{}', { env: { MCP_SECURITY_API_KEY_FILE: file } }),
      ]) {
        expect(error.problems).toMatchObject([{ rule: 'unexpanded_variable' }]);
        expect(error.message).not.toContain('MCP_KEY}');
      }
    },
  );

  test.each([
    ['<your-key>', 'unreplaced_placeholder'],
    ['op://vault/server/key', 'unresolved_reference'],
    ['ref+awsssm://server/key', 'unresolved_reference'],
    ['vault:secret/data/server#key', 'unresolved_reference'],
    ['ENC[AES256_GCM,data:abc]', 'unresolved_reference'],
    ['@Microsoft.KeyVault(SecretUri=https://v/secrets/s)', 'unresolved_reference'],
    ['arn:aws:secretsmanager:eu-central-1:1:secret:x', 'unresolved_reference'],
    ['projects/1/secrets/key/versions/latest', 'unresolved_reference'],
    ['env:MCP_KEY', 'unresolved_reference'],
    ['file:///run/secrets/key', 'unresolved_reference'],
    ['/run/secrets/mcp_api_key', 'unresolved_reference'],
    ['#{ApiKey}', 'unexpanded_variable'],
    ['$env:MCP_KEY', 'unexpanded_variable'],
    ['****************', 'unreplaced_placeholder'],
  ])('%s is rejected', async (text, rule) => {
    const error = await loadError('{}', { env: { MCP_SECURITY_API_KEY: text } });
    expect(error.problems).toMatchObject([{ rule }]);
    expect(error.message).not.toContain(text);
  });

  test.each([`"${HIDDEN}"`, `'${HIDDEN}'`])('%s is rejected because of its quotes', async (text) => {
    const error = await loadError('{}', { env: { MCP_SECURITY_API_KEY: text } });
    expect(error.problems).toMatchObject([{ rule: 'surrounding_quotes' }]);
    expect(error.message).not.toContain(HIDDEN);
  });

  test.each(['pa$$word', '$2b$10$abcdefghij', 'a%20b%41', '$ecret', 'a"b"', '50%', '{a}', '~key', 'a<b>c', 'vaultkey'])(
    '%s is a secret as it is',
    async (text) => {
      await using store = await loadSample('{}', { env: { MCP_SECURITY_API_KEY: text } });
      expect(store.snapshot.values.security.apiKey?.reveal()).toBe(text);
    },
  );

  test('a secret file may be in the home folder or beside the configuration file', async () => {
    await writeFile(join(folder, 'key'), HIDDEN, { mode: 0o600 });
    await writeFile(join(folder, 'config.yaml'), '{}', { mode: 0o600 });
    const env = { MCP_SECURITY_API_KEY_FILE: 'key' };
    await using store = await loadSample('', { source: undefined, file: join(folder, 'config.yaml'), env });
    expect(store.snapshot.values.security.apiKey?.reveal()).toBe(HIDDEN);
    const missing = await loadError('{}', { env: { MCP_SECURITY_API_KEY_FILE: '~/no-such-key' } });
    expect(missing.message).toContain('"~/no-such-key" cannot be used: it does not exist');
    const unexpanded = await loadError('{}', { env: { MCP_SECURITY_API_KEY_FILE: '${SECRETS}/key' } });
    expect(unexpanded.message).toContain('its path contains a variable');
  });

  test('a key in a variable that takes a path is not shown', async () => {
    const error = await loadError('{}', { env: { MCP_SECURITY_API_KEY_FILE: HIDDEN } });
    expect(error.message).not.toContain(HIDDEN);
  });
});

describe('redactSecrets', () => {
  test('replaces every occurrence, but no ordinary words', () => {
    expect(redactSecrets('a secret1 b secret1', [new Secret('secret1')])).toBe('a [redacted] b [redacted]');
    expect(redactSecrets('a b c', [new Secret('b'), new Secret('')])).toBe('a b c');
  });
});
