import { describe, expect, test } from 'vitest';

import { loadError, loadServerConfig } from './test-support/load-server-config.ts';

/** A small valid configuration; `change` replaces one part of it. */
function policy(change: (text: string) => string = (text) => text): string {
  return change(`server:
  host: 127.0.0.1
  port: 8787
security:
  max_args_length: 2048
  max_output_size: 1048576
  timeout_seconds: 30
  concurrency_limit: 4
  allowed_targets: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, .lab.internal]
tool: {default_timeout: 30}
tools:
  ping:
    command: /usr/bin/ping
    description: Send ICMP echo requests
    flags:
      -c: {type: integer, min: 1, max: 20}
      -n: {type: none}
`);
}

const replaced = (from: string | RegExp, to: string): string => policy((text) => text.replace(from, to));

test('a small file loads, in both spellings', async () => {
  await using store = await loadServerConfig(policy());
  expect(store.snapshot.values.tools['ping']?.flags).toEqual({
    '-c': { type: 'integer', min: 1, max: 20 },
    '-n': { type: 'none' },
  });
});

describe('a configuration is rejected', () => {
  test.each<readonly [string, string]>([
    ['a network without an end', replaced('10.0.0.0/8', '0.0.0.0/0')],
    ['half of the internet', replaced('10.0.0.0/8', '128.0.0.0/1')],
    ['an IPv6 network without an end', replaced('10.0.0.0/8', '"::/0"')],
    ['an octal address', replaced('10.0.0.0/8', '010.0.0.1')],
    ['a network with host bits', replaced('10.0.0.0/8', '10.1.2.3/8')],
    ['a suffix of other scripts', replaced('.lab.internal', '".Lab.ınternal"')],
    ['an empty suffix', replaced('.lab.internal', '""')],
    ['a suffix of dots', replaced('.lab.internal', '"."')],
    ['a suffix with an empty label', replaced('.lab.internal', '.lab..internal')],
    ['a top-level domain', replaced('.lab.internal', '.com')],
    ['a wildcard', replaced('.lab.internal', '"*.lab.internal"')],
    ['a URL as a target', replaced('.lab.internal', '"http://lab.internal"')],
    ['a shell', replaced('/usr/bin/ping', '/bin/bash')],
    ['a launcher', replaced('/usr/bin/ping', '/usr/bin/env')],
    ['an interpreter with its version', replaced('/usr/bin/ping', '/usr/local/bin/python3.12')],
    ['the dynamic loader', replaced('/usr/bin/ping', '/lib64/ld-linux-x86-64.so.2')],
    ['a relative command', replaced('/usr/bin/ping', './ping')],
    ['a command with dot segments', replaced('/usr/bin/ping', '/usr/bin/../bin/ping')],
    ['a command with arguments', replaced('/usr/bin/ping', '"/usr/bin/ping -f"')],
    ['a command with a variable', replaced('/usr/bin/ping', '/usr/bin/${X}')],
    ['a command in the home directory', replaced('/usr/bin/ping', '~/ping')],
    ...['__proto__', 'constructor', 'prototype'].map(
      (name) => [`the tool name ${name}`, replaced('  ping:', `  ${name}:`)] as const,
    ),
    ['a variable for a program with a name that is none', replaced('    flags:', '    env: {A B: x}\n    flags:')],
    ['a working directory with a variable', replaced('    flags:', '    cwd: "${HOME}/x"\n    flags:')],
    ['a flag without a type', replaced('{type: none}', '{}')],
    ['a flag of an unknown type', replaced('{type: none}', '{type: regex}')],
    ['a flag that is no flag', replaced('-n:', 'n:')],
    ['a flag with a value attached', replaced('-n:', '"-n=1":')],
    ['bounds the wrong way round', replaced('min: 1, max: 20', 'min: 20, max: 1')],
    ['bounds that are missing', replaced('min: 1, max: 20', 'min: 1')],
    ['a description without end', replaced('Send', 'S'.repeat(5000))],
    [
      'no authentication off loopback',
      replaced('host: 127.0.0.1', 'host: 0.0.0.0').replace('security:', 'security:\n  auth: none'),
    ],
    [
      'no authentication on every IPv6 address',
      replaced('host: 127.0.0.1', 'host: "::"').replace('security:', 'security:\n  auth: none'),
    ],
    ['an origin wildcard', replaced('security:', 'security:\n  allowedOrigins: ["*"]')],
    ['the null origin', replaced('security:', 'security:\n  allowedOrigins: ["null"]')],
    ['an origin with a path', replaced('security:', 'security:\n  allowedOrigins: ["https://a.example/"]')],
    ['a timeout above the ceiling', replaced('    flags:', '    timeout: 31\n    flags:')],
    ['more at a time than the ceiling', replaced('    flags:', '    concurrency: 5\n    flags:')],
  ])('%s', async (_, text) => {
    const { problems, message } = await loadError(text);
    expect(message).toMatch(/^config\.yaml:\d+:\d+: /m);
    expect(problems.length).toBeGreaterThan(0);
  });

  test('no key reaches a prototype', async () => {
    await loadError('__proto__: {polluted: 1}\nserver: {__proto__: {polluted: 1}}\ntools: {__proto__: {polluted: 1}}');
    expect({}).not.toHaveProperty('polluted');
  });
});

test('a key that two users share is refused, and not shown', async () => {
  const key = 'hunter2-do-not-show';
  const error = await loadError(`security:\n  apiKey: ${key}\n  apiKeys: [{name: a, key: ${key}, scopes: [admin]}]`);
  expect(error.problems).toMatchObject([{ rule: 'check', path: ['security', 'apiKeys', '0', 'key'] }]);
  expect(JSON.stringify([error.message, error.problems])).not.toContain(key);
});

test('everything that a file of the Python server has to change is reported at once', async () => {
  const error = await loadError(`
database: {url: "sqlite:///mission.db"}
security: {allow_intrusive: yes, max_args_length: "2048"}
circuit_breaker: {expected_exceptions: [OSError]}
health: {dependencies: [psycopg2]}
server: {host: 0.0.0.0, workers: 4}
`);
  expect(error.problems.map(({ path }) => path.join('.'))).toEqual([
    'database.url',
    'security.allowIntrusive',
    'security.maxArgsLength',
    'circuitBreaker.expectedExceptions.0',
    'health.dependencies.0',
    'server.workers',
  ]);
  expect(error.message).toContain('set server.transport to http');
});

test('spellings of the Python server for transport and level are understood', async () => {
  await using store = await loadServerConfig('server: {transport: HTTP}\nlogging: {level: FATAL}');
  expect(store.snapshot.values).toMatchObject({ server: { transport: 'http' }, logging: { level: 'error' } });
  await using debug = await loadServerConfig('logging: {level: NOTSET}');
  expect(debug.snapshot.values.logging.level).toBe('debug');
});

test.each([
  ['{"mcpServers": {"mcp": {"command": "npx"}}}', 'the configuration file of an MCP client'],
  ['{"context_servers": {"mcp": {"command": "npx"}}}', 'the configuration file of an MCP client'],
  ['{"servers": {"mcp": {"command": "npx"}}}', 'the configuration file of an MCP client'],
  ['openapi: 3.1.0\npaths: {}', 'an OpenAPI document'],
  ['{"name": "x", "dependencies": {}}', 'a package.json'],
  ['services: {mcp: {image: mcp-server}}', 'a Compose file'],
  ['apiVersion: v1\nkind: ConfigMap', 'a Kubernetes manifest'],
])('the file of another program is called what it is: %s', async (text, name) => {
  expect((await loadError(text)).message).toContain(name);
});
