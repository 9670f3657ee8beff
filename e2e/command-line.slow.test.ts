/** Invalid command lines and configurations: a message that says what to do, and an exit code; no stack trace. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, test } from 'vitest';

import {
  apiKey,
  cleanEnvironment,
  runProgram,
  runServer,
  scratch,
  serverProgram,
  startHttpServer,
  testConfiguration,
  type Finished,
  type Scratch,
} from './harness/server-process.ts';

const stack = /\n\s+at .+:\d+:\d+/u;
let place: Scratch | undefined;

afterEach(() => {
  place?.[Symbol.dispose]();
  place = undefined;
});

function file(text: string): string {
  place = scratch();
  return place.write('config.yaml', text);
}

describe('the command line', () => {
  test('prints its version', async () => {
    expect(await runServer(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/u),
    });
  });

  test('exits with 2 for an unknown flag, and refers to --help', async () => {
    const { code, stderr } = await runServer(['--prot', '80']);
    expect(code).toBe(2);
    expect(stderr).toContain("'--prot'");
    expect(stderr).toContain('--help');
    expect(stderr).not.toMatch(stack);
  });

  test('exits with 1 for an invalid port, and names the flag', async () => {
    const { code, stderr } = await runServer(['--transport', 'http', '--port', 'ninety']);
    expect(code).toBe(1);
    expect(stderr).toContain('--port');
    expect(stderr).not.toMatch(stack);
  });

  test('exits with 1 for a configuration file that does not exist', async () => {
    const { code, stderr } = await runServer(['--config', 'nowhere/config.yaml']);
    expect(code).toBe(1);
    expect(stderr).toContain('nowhere/config.yaml');
    expect(stderr).not.toMatch(stack);
  });

  test('reports all problems of a configuration at once, with file, line and column', async () => {
    const path = file('server:\n  prot: 80\nsecurity:\n  allowedTargets: everything\n');
    const { code, stderr } = await runServer(['--check', '--config', path]);
    expect(code).toBe(1);
    expect(stderr).toContain(`${path}:2:3`);
    expect(stderr).toContain('port');
    expect(stderr).toContain(`${path}:4:`);
    expect(stderr).not.toMatch(stack);
  });

  test('reports a tool with an invalid program before the start', async () => {
    const path = file('tools:\n  shell:\n    description: A shell\n    command: bash\n    args: []\n');
    const { code, stderr } = await runServer(['--check', '--config', path]);
    expect(code).toBe(1);
    expect(stderr).toContain(`${path}:`);
    expect(stderr).toContain('allowInterpreter');
    expect(stderr).not.toMatch(stack);
  });

  test('prints every effective value with its source', async () => {
    const path = file(testConfiguration);
    const { code, stdout } = await runServer(['--check', '--config', path], { MCP_SERVER_PORT: '9000' });
    expect(code).toBe(0);
    expect(stdout).toMatch(/server\.port = 9000 +# MCP_SERVER_PORT/u);
    expect(stdout).toMatch(/tools\.shout = .*config\.yaml:\d+:\d+/u);
  });

  test('loads a file of the Python version, with notices about values that have another meaning', async () => {
    const path = file(`
database: {url: "", pool_size: 10, max_overflow: 20, pool_timeout: 30, pool_recycle: 3600}
security: {allowed_targets: [RFC1918, .lab.internal], max_args_length: 2048, max_output_size: 1048576, timeout_seconds: 300, concurrency_limit: 2}
circuit_breaker: {failure_threshold: 5, recovery_timeout: 60.0, expected_exceptions: [Exception], half_open_success_threshold: 1}
health: {check_interval: 30.0, cpu_threshold: 80.0, memory_threshold: 80.0, disk_threshold: 80.0, dependencies: [], timeout: 10.0}
metrics: {enabled: true, prometheus_enabled: true, prometheus_port: 9090, collection_interval: 15.0}
logging: {level: INFO, format: "%(asctime)s - %(message)s", file_path: null, max_file_size: 10485760, backup_count: 5}
server: {host: 0.0.0.0, port: 8080, transport: stdio, workers: 1, max_connections: 100, shutdown_grace_period: 30}
tool: {include_patterns: ["*"], exclude_patterns: [], default_timeout: 300, default_concurrency: 2}
`);
    const { code, stdout, stderr } = await runServer(['--check', '--config', path]);
    expect(stderr).toContain("a Python format string means 'pretty' here");
    expect(code).toBe(0);
    expect(stdout).toMatch(/security\.concurrencyLimit = 2 /u);
    expect(stdout).toMatch(/logging\.format = "pretty" /u);
  });

  test('rejects more than one worker over stdio, and says what to do instead', async () => {
    const path = file('server:\n  transport: stdio\n  workers: 2\n');
    const { code, stderr } = await runServer(['--check', '--config', path]);
    expect(code).toBe(1);
    expect(stderr).toContain(`${path}:3:12`);
    expect(stderr).toMatch(/server\.workers \(2\) .*stdio.*set server\.workers to 1/u);
  });

  test('reads the file of MCP_CONFIG_FILE without --config', async () => {
    const path = file('server:\n  port: 9123\n');
    const { stdout } = await runServer(['--check'], { MCP_CONFIG_FILE: path });
    expect(stdout).toMatch(/server\.port = 9123/u);
  });

  test.each([
    [
      'two keys with the same name',
      'apiKey: one-key-0123456789\n  apiKeys: [{ name: default, key: another-key-0123456789, scopes: [admin] }]',
    ],
    ['an origin that can never match', 'allowedOrigins: ["https://ops.lab.internal/path"]'],
  ])('rejects %s with --check and at the start', async (_, security) => {
    const path = file(`security:\n  ${security}\n`);
    for (const mode of [['--check'], ['--transport', 'http', '--port', '0']]) {
      const { code, stderr } = await runServer([...mode, '--config', path]);
      expect(code).toBe(1);
      expect(stderr).toContain(`${path}:`);
      expect(stderr).not.toMatch(stack);
    }
  });

  test('checks a configuration without generating a key', async () => {
    using folder = scratch();
    await runServer(['--check', '--transport', 'http'], { XDG_CONFIG_HOME: folder.folder });
    expect(readdirSync(folder.folder)).toEqual([]);
  });

  test('never prints a secret', async () => {
    const { stdout, stderr } = await runServer(['--check'], { MCP_SECURITY_API_KEY: apiKey });
    expect(stdout + stderr).not.toContain(apiKey);
  });

  test('prints everything to a pager, which reads when its user scrolls', async () => {
    const tools = Array.from(
      { length: 400 },
      (_, n) => `  tool_${n}: { description: Greets, command: echo, args: [hi] }\n`,
    );
    const path = file(`tools:\n${tools.join('')}`);
    const pager = [
      '-c',
      '"$0" "$1" --check --config "$2" | { dd bs=1 count=1 2>/dev/null; sleep 2; cat; }',
      process.execPath,
      serverProgram,
      path,
    ];
    const { stdout } = await runProgram('sh', pager, cleanEnvironment(place?.folder ?? ''));
    expect(stdout.length).toBeGreaterThan(65_536);
    expect(stdout).toMatch(/^modules = .+\n$/mu);
  });

  test('lists the tools of a configuration', async () => {
    const { code, stdout } = await runServer(['--list-tools', '--config', file(testConfiguration)]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^shout +Prints its word$/mu);
  });

  test('reports a port in use, and what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await runServer(['--transport', 'http', '--port', String(port)]);
    other.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${port} on 127.0.0.1 is already in use`);
    expect(stderr).toContain('--port');
    expect(stderr).not.toMatch(stack);
  });
});

describe('a running server', () => {
  test('exits with 0 on SIGTERM', async () => {
    const server = await startHttpServer();
    expect(await server.stop()).toBe(0);
  });

  test('serves with a short key, and warns about it without printing it', async () => {
    await using server = await startHttpServer({ env: { MCP_SECURITY_API_KEY: 'k-1' } });
    const answer = await fetch(`${server.url}/tools`, { headers: { authorization: 'Bearer k-1' } });
    expect(answer.status).toBe(200);
    const warning = server
      .output()
      .stderr.split('\n')
      .find((line) => line.includes('access.key_too_short'));
    expect(warning).toContain('"caller":"default"');
    expect(warning).not.toContain('k-1');
  });

  test('prints the URL, the path of the key, a curl command that works, and one that adds it to a client', async () => {
    await using server = await startHttpServer({ env: { MCP_SECURITY_API_KEY: '' } });
    const { stdout } = server.output();
    const key = /API key +(?<key>mcp_\S+)/u.exec(stdout)?.groups?.['key'];
    expect(stdout).toContain(`${server.url}/mcp`);
    expect(stdout).toContain('curl -sS');
    expect(stdout).toMatch(/^ {2}\S.* client add claude-desktop --config \/\S+$/mu);
    const answer = await fetch(`${server.url}/tools`, { headers: { authorization: `Bearer ${key}` } });
    expect(answer.status).toBe(200);
  });
});

describe('mcp-server call, tools and keys', () => {
  const configuration = `${testConfiguration}server: { transport: http }\n`;

  test('call a tool of a running server, and one in this process when none runs', async () => {
    await using server = await startHttpServer();
    const env = { MCP_CLI_SERVER: server.url, MCP_CLI_KEY: apiKey };
    expect(await runServer(['call', 'shout', '--word', 'hello'], env)).toEqual({
      code: 0,
      stdout: 'hello\n',
      stderr: '',
    });
    const { stdout } = await runServer(['tools'], env);
    expect(stdout).toMatch(/^shout +ready +Prints its word$/mu);
    await server.stop();
    expect(await runServer(['call', 'shout', '--word', 'hello'], env)).toMatchObject({ code: 1, stdout: '' });

    const local = await runServer(['call', '--config', file(configuration), 'shout', '--word=a=b', '--local']);
    expect(local).toEqual({ code: 0, stdout: 'a=b\n', stderr: '' });
  });

  test('no key is generated for a call in this process', async () => {
    const config = file(configuration);
    const place = { XDG_CONFIG_HOME: `${config}.d` };
    const { code, stdout, stderr } = await runServer(
      ['call', '--local', '--config', config, 'slow', '--seconds', '9'],
      place,
    );
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('timeout');
    await expect(runServer(['tools', '--local', '--json', '--config', config], place)).resolves.toMatchObject({
      code: 0,
    });
    expect(existsSync(place.XDG_CONFIG_HOME)).toBe(false);
  });

  test('a key that is added to a running server works within a second, and is rejected once removed', async () => {
    place = scratch();
    const keys = { XDG_CONFIG_HOME: place.folder };
    await using server = await startHttpServer({ env: keys });
    const added = await runServer(['keys', 'add', 'ci', '--scope', 'tools:call:shout'], keys);
    const key = added.stdout.trim();
    const env = { MCP_CLI_SERVER: server.url, MCP_CLI_KEY: key };
    const call = (): Promise<Finished> => runServer(['call', 'shout', '--word', 'hi'], env);
    await expect.poll(async () => (await call()).code).toBe(0);
    expect(server.output().stderr).not.toContain(key);
    await runServer(['keys', 'remove', 'ci'], keys);
    await expect.poll(async () => (await call()).code).toBe(1);
    expect((await call()).stderr).toContain('does not accept the API key');
  });
});
