import { describe, expect, test } from 'vitest';
import { loadError } from '../test-support/sample-store.ts';

/** What an operator reads, kept as files so that a change of wording is visible in review. */
const cases: Readonly<
  Record<
    string,
    { file: string; env?: Record<string, string>; flags?: { path: string; flag: string; value: string }[] }
  >
> = {
  'unknown-keys': {
    file: `server:
  prot: 8080
  hots: 127.0.0.1
securty:
  apiKey: abc
security:
  api_kye: abc   # a secret
  zzz: 1
`,
  },
  'wrong-types': {
    file: `server:
  port: "8080"
  workers: 2.5
  transport: https
  host: 127.1
metrics:
  enabled: "false"
  prometheusEnabled: yes
security:
  allowedTargets: 10.0.0.0/8
  maxArgsLength: null
  maxOutputSize: 1e12
logging: verbose
tool: [a]
health:
  checkInterval: 5 minutes
`,
  },
  'duplicates-and-spellings': {
    file: `server:
  port: 1
  port: 2
tool:
  defaultTimeout: 5
  default_timeout: 6
tools:
  ping: {description: a, command: ping}
  ping: {description: b, command: ping}
`,
  },
  'yaml-features': {
    file: `base: &base
  port: 1
server: *base
tool: !include other.yaml
`,
  },
  'merge-key-and-prototype': {
    file: `server:
  <<: {port: 1}
  __proto__: {port: 2}
tools:
  constructor: {description: a, command: ping}
  prototype: {description: a, command: ping}
constructor: 1
`,
  },
  'syntax-tab': { file: 'server:\n\tport: 1\n' },
  'syntax-bracket': { file: 'server:\n  host: "127.0.0.1\n  port: 1\nsecurity:\n  apiKey: abc\n' },
  'syntax-colon': { file: 'security:\n  apiKey: abc: def\n' },
  'second-document': { file: 'server: {port: 1}\n---\nserver: {port: 2}\n' },
  empty: { file: '' },
  'comments-only': { file: '# nothing here\n' },
  'root-is-a-list': { file: '- server\n' },
  json: { file: '{\n\t"server": {\n\t\t"port": 70000\n\t}\n}\n' },
  'minified-json': {
    file: `{"tool":{"excludePatterns":[${'"aaaaaaaaaaaa",'.repeat(20)}"b c"]},"server":{"port":70000}}`,
  },
  'bom-and-crlf': { file: '\u{FEFF}server:\r\n  port: 70000\r\n  workers: 0\r\n' },
  'control-characters': { file: 'server:\n  host: "a\\u001b[31mb"\n  \u{9b}x: 1\n' },
  'all-layers': {
    file: 'server: {port: 70000}\n',
    env: { MCP_SERVER_WORKERS: '99', MCP_DATABASE_URL: 'mysql://u:p@h/d', LOG_LEVEL: 'loud' },
    flags: [{ path: 'server.host', flag: '--host', value: 'a b' }],
  },
};

describe('messages of problems', () => {
  test.each(Object.entries(cases))('%s', async (name, { file, env, flags }) => {
    const { message, problems } = await loadError(file, { env, flags });
    await expect(`${message}\n`).toMatchFileSnapshot(`../golden/${name}.txt`);
    for (const { origin } of problems) expect(origin.source).toMatch(/^(?:file|environment|flag)$/);
  });
});
