import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';

import { ConfigStore, MemorySource } from '@mcp/config';
import { describe, expect, test } from 'vitest';

import type { ServerConfig } from '../../configuration/shape/server-config.ts';
import { serverConfigDefinition } from '../../configuration/server-definition.ts';
import { checkAudit, checkConfigFile, checkKeyFile, checkLog } from './file-checks.ts';
import type { Finding } from './finding.ts';
import { thisMachine, type Machine } from './machine.ts';
import { soundMachine } from './test-support/sound-machine.ts';
import { checkNode, checkOpenFiles, checkProgramStart, checkTemporaryFolder, checkUser } from './machine-checks.ts';
import { checkAccess, checkIntrusive, checkTargets } from './policy-checks.ts';
import { checkPorts } from './port-checks.ts';
import { renderFindings } from './render.ts';
import { checkDeclarations, checkPassedVariables, checkPrograms } from './tool-checks.ts';

async function configuration(yaml: string): Promise<ServerConfig> {
  const source = new MemorySource(yaml);
  await using store = await ConfigStore.load({ definition: serverConfigDefinition, file: 'config.yaml', source });
  return store.snapshot.values;
}

/** What an operator has to do something about. */
function levels(findings: Finding | readonly Finding[]): string[] {
  return [findings].flat().map(({ level }) => level);
}

describe('the machine', () => {
  test.each([
    ['v22.17.1', 'problem'],
    ['v20.20.2', 'problem'],
    ['v22.18.0', 'ok'],
    ['v26.0.0', 'ok'],
  ])('Node %s is %s', (nodeVersion, level) => {
    expect(checkNode({ ...soundMachine, nodeVersion }).level).toBe(level);
  });

  test('warns about root, and accepts another user', () => {
    expect(checkUser({ ...soundMachine, uid: 0 }).level).toBe('warning');
    expect(checkUser(soundMachine).level).toBe('ok');
    expect(checkTemporaryFolder(soundMachine, '/tmp').level).toBe('ok');
    expect(checkTemporaryFolder({ ...soundMachine, writable: () => false }, '/tmp')).toMatchObject({
      level: 'problem',
      action: expect.stringContaining('TMPDIR') as string,
    });
  });

  test('computes the open files that the configuration needs and says how to allow them', () => {
    const limited = { ...soundMachine, read: () => 'Max open files            256                  4096 files\n' };
    const finding = checkOpenFiles(limited, { maxConnections: 100, concurrency: 100 });
    expect(finding).toMatchObject({ level: 'problem', action: expect.stringContaining('LimitNOFILE=628') });
    expect(checkOpenFiles(limited, { maxConnections: 20, concurrency: 20 }).level).toBe('ok');
  });

  test('starts a program with the default limits of tools, and says what to do where that fails', async () => {
    const startedOn = (failure: string | undefined): Promise<Finding> =>
      checkProgramStart({ ...soundMachine, startFailure: () => Promise.resolve(failure) }, {});
    expect(await startedOn(undefined)).toMatchObject({ level: 'ok' });
    expect(await startedOn('NO_PRLIMIT')).toMatchObject({
      level: 'problem',
      action: expect.stringContaining('Install util-linux') as string,
    });
    expect(await startedOn('SIGKILL')).toMatchObject({ level: 'problem', message: expect.stringContaining('SIGKILL') });
    const limits = { memoryBytes: 2 ** 30, openFiles: 256, cpuSeconds: 10 };
    expect(await thisMachine().startFailure(limits)).toBeUndefined();
  });

  test('reports what exists, what is free and which port is in use', async () => {
    const machine = thisMachine({ PATH: '/usr/bin:/bin', HOME: '/nowhere' });
    expect(machine.program('sh')).toMatch(/\/bin\/sh$/u);
    expect(machine.program('no-such-program')).toBeUndefined();
    expect(machine.stat('/tmp')).toMatchObject({ folder: true });
    expect(machine.stat('/nowhere')).toBeUndefined();
    expect(machine.writable('/tmp')).toBe(true);
    expect(machine.freeBytes('/tmp')).toBeGreaterThan(0);
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    expect(await machine.listenFailure('127.0.0.1', port)).toBe('EADDRINUSE');
    other.close();
    await once(other, 'close');
    expect(await machine.listenFailure('127.0.0.1', port)).toBeUndefined();
  });
});

describe('the files', () => {
  test('a server without a configuration file is a warning that names init', async () => {
    expect(checkConfigFile(soundMachine, undefined, await configuration('server: {}'))).toMatchObject({
      level: 'warning',
      action: 'Run mcp-server init for a commented file.',
    });
  });

  test('a configuration with keys that others can read is a problem', async () => {
    const yaml = 'security:\n  apiKeys:\n    - { name: agent, key: abcdefgh12345678, scopes: [tools:read] }\n';
    const values = await configuration(yaml);
    const machine = (mode: number): Machine => ({
      ...soundMachine,
      read: () => yaml,
      stat: () => ({ mode, uid: 1000, folder: false }),
    });
    expect(checkConfigFile(machine(0o644), 'config.yaml', values)).toMatchObject({
      level: 'problem',
      action: 'chmod 600 config.yaml',
    });
    expect(checkConfigFile(machine(0o600), 'config.yaml', values).level).toBe('ok');
    expect(checkConfigFile(machine(0o644), 'config.yaml', await configuration('server: {}')).level).toBe('ok');
  });

  test.each([
    ['open to others', { mode: 0o640, uid: 1000 }, 'problem'],
    ['of somebody else', { mode: 0o600, uid: 7 }, 'problem'],
    ['closed', { mode: 0o600, uid: 1000 }, 'ok'],
  ])('a generated key in a file that is %s is checked by the rule of the start', async (_, facts, level) => {
    const machine: Machine = { ...soundMachine, stat: () => ({ ...facts, folder: false }) };
    const finding = checkKeyFile(machine, await configuration('server: { transport: http }'), {});
    expect(finding).toMatchObject({
      level,
      message: expect.stringContaining('/home/mcp/.config/mcp-server/api-key') as string,
    });
  });

  test('without a key and a place to store one, says what to set', async () => {
    const machine: Machine = { ...soundMachine, writable: () => false };
    const values = await configuration('server: { transport: http }');
    expect(checkKeyFile(machine, values, { XDG_CONFIG_HOME: '/var/config' })).toMatchObject({
      level: 'problem',
      action: expect.stringContaining('MCP_SECURITY_API_KEY') as string,
    });
  });

  test('stored keys are found before a key is generated', async () => {
    const file = '/var/config/mcp-server/keys.json';
    const stored = '{"keys":[{"name":"ci","hash":"sha256:00"}]}';
    const machine: Machine = { ...soundMachine, read: (path) => (path === file ? stored : undefined) };
    const values = await configuration('server: { transport: http }');
    expect(checkKeyFile(machine, values, { XDG_CONFIG_HOME: '/var/config' })).toEqual({
      level: 'ok',
      check: 'key',
      message: `stored keys in ${file}`,
    });
  });

  test('a log or an audit file needs a folder that exists, is writable and has free space', async () => {
    const values = await configuration(
      'logging: { filePath: /var/mcp.log }\ndatabase: { url: "sqlite:/gone/audit.db" }',
    );
    const reached = (): Promise<undefined> => Promise.resolve(undefined);
    expect(checkLog(soundMachine, values).level).toBe('ok');
    expect(checkLog({ ...soundMachine, writable: () => false }, values).level).toBe('problem');
    expect(checkLog({ ...soundMachine, freeBytes: () => 1e6 }, values).message).toContain('0 MiB');
    expect(await checkAudit(soundMachine, values, reached)).toMatchObject({
      level: 'problem',
      action: expect.stringContaining('mkdir -p /gone') as string,
    });
  });

  test('a folder in place of the file of the audit trail is a problem, and no change of its mode is suggested', async () => {
    const values = await configuration('database: { url: "sqlite:/var" }');
    expect(await checkAudit(soundMachine, values, () => Promise.resolve(undefined))).toEqual({
      level: 'problem',
      check: 'audit trail',
      message: '/var is a folder.',
      action: 'Name a file in database.url.',
    });
  });

  test('the missing folder of a log file is no problem if the server can create it', async () => {
    const values = await configuration('logging: { filePath: /var/log/mcp/server.log }');
    expect(checkLog(soundMachine, values)).toMatchObject({
      level: 'ok',
      message: '/var/log/mcp/server.log; the folder is created at the first start',
    });
    expect(checkLog({ ...soundMachine, writable: () => false }, values)).toMatchObject({
      level: 'problem',
      message: 'The folder of /var/log/mcp/server.log does not exist and this user may not create it in /var.',
    });
    const fileInPlaceOfFolder: Machine = {
      ...soundMachine,
      stat: (path) => (path === '/var' ? { mode: 0o644, uid: 0, folder: false } : undefined),
    };
    expect(checkLog(fileInPlaceOfFolder, values).level).toBe('problem');
  });

  test('an audit trail in memory is a warning, an unreachable database a problem without its password', async () => {
    const no = (): Promise<string> => Promise.resolve('it does not answer');
    expect((await checkAudit(soundMachine, await configuration('server: {}'), no)).level).toBe('warning');
    const values = await configuration('database: { url: "postgres://mcp:hunter22@db.lab.internal/audit" }');
    const finding = await checkAudit(soundMachine, values, no);
    expect(finding.level).toBe('problem');
    expect(JSON.stringify(finding)).not.toContain('hunter22');
  });
});

describe('the policy', () => {
  test.each([
    ['RFC1918', 'ok'],
    ['10.20.0.0/16', 'ok'],
    ['203.0.113.0/24', 'ok'],
    ['.lab.internal', 'ok'],
    ['8.0.0.0/8', 'problem'],
    ['2001::/16', 'problem'],
    ['10.0.0.0/8', 'ok'],
    ['loopback', 'warning'],
  ])('the target %s is %s', async (entry, level) => {
    const values = await configuration(`security: { allowedTargets: ['${entry}'] }`);
    expect(levels(checkTargets(values))).toEqual([level]);
  });

  test.each([
    ['stdio', 'server: { transport: stdio }', ['ok']],
    ['HTTP on loopback', 'server: { transport: http }', ['ok']],
    ['authentication off', 'security: { auth: none }\nserver: { transport: http }', ['warning']],
    ['HTTP on every address without its names', 'server: { transport: http, host: 0.0.0.0 }', ['warning', 'warning']],
    [
      'HTTP on every address with its names',
      'server: { transport: http, host: 0.0.0.0 }\nsecurity: { allowedHosts: ["mcp.lab.internal:8080"] }',
      ['warning'],
    ],
  ])('access by %s', async (_, yaml, expected) => {
    expect(levels(checkAccess(await configuration(yaml)))).toEqual(expected);
  });

  test('warns when several keys have the scope admin', async () => {
    const key = (name: string): string => `{ name: ${name}, key: abcdefgh-${name}, scopes: [admin] }`;
    const values = await configuration(
      `security: { apiKeys: [${key('ann')}, ${key('bot')}] }\nserver: { transport: http }`,
    );
    expect(checkAccess(values)).toMatchObject([
      { level: 'warning', message: expect.stringContaining('ann, bot') as string },
    ]);
  });

  test('warns when scanning tools are enabled', async () => {
    expect(checkIntrusive(await configuration('security: { allowIntrusive: true }')).level).toBe('warning');
    expect(checkIntrusive(await configuration('server: {}')).level).toBe('ok');
  });
});

describe('ports and tools', () => {
  test('tries every port that would be opened, and says why it cannot', async () => {
    const values = await configuration('server: { transport: http, port: 80 }\nmetrics: { prometheusPort: 9090 }');
    const machine: Machine = {
      ...soundMachine,
      listenFailure: (_, port) => Promise.resolve(port === 80 ? 'EACCES' : undefined),
    };
    const findings = await checkPorts(machine, values);
    expect(levels(findings)).toEqual(['problem', 'ok']);
    expect(findings[0]?.action).toContain('1024');
    expect(levels(await checkPorts(machine, await configuration('server: {}')))).toEqual(['ok']);
  });

  test('names the tool whose program is missing', () => {
    const tools = [
      { name: 'dig', available: () => ({ ok: false, reason: 'dig is not installed' }) },
      { name: 'ping', available: () => ({ ok: true }) },
    ];
    expect(checkPrograms(tools)).toMatchObject([{ level: 'problem', message: 'dig: dig is not installed' }]);
    expect(levels(checkPrograms(tools.slice(1)))).toEqual(['ok']);
    const reason = 'Its secret TOKEN is missing: its variable is not set.';
    const unset = { name: 'dig', available: () => ({ ok: false, reason }) as const };
    expect(checkPrograms([unset])).toMatchObject([{ action: expect.stringContaining('Set the variable') as string }]);
  });

  test('names the variables that are passed on and not set', async () => {
    const values = await configuration('tools: { t: { description: A, command: df, passEnv: [HERE, GONE] } }');
    expect(checkPassedVariables(values, { HERE: '' })).toMatchObject([
      { level: 'warning', message: 'tools.t.passEnv: not set here: GONE' },
    ]);
    expect(checkPassedVariables(values, { HERE: 'a', GONE: 'b' })).toEqual([]);
  });

  test('repeats the findings of the lint for a declared program', async () => {
    const values = await configuration(
      "tools: { fetch: { description: Fetch, command: curl, target: host, args: ['{extraArgs}', '{target}'], flags: { '-o': { type: text, maxLength: 40 } } } }",
    );
    const findings = checkDeclarations(values);
    expect(findings.map(({ message }) => message).join('\n')).toContain('tools.fetch.flags.-o');
  });
});

describe('the report', () => {
  test('has a line for each finding, the action below it, and a summary', () => {
    expect(
      renderFindings([
        { level: 'ok', check: 'node', message: 'Node 24.1.0' },
        { level: 'problem', check: 'ports', message: '127.0.0.1:80 cannot be listened on', action: 'Choose another.' },
      ]),
    ).toMatchInlineSnapshot(`
      "ok       node   Node 24.1.0
      PROBLEM  ports  127.0.0.1:80 cannot be listened on
                      -> Choose another.

      1 problem, 0 warnings.
      "
    `);
  });
});
