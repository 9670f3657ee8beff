/** The first steps of a user: init, doctor, serve, systemd. */
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { apiKey, runServer, scratch, type Scratch } from './harness/server-process.ts';

interface Report {
  readonly ok: boolean;
  readonly findings: readonly { level: string; check: string; message: string; action?: string }[];
}

let place: Scratch;

beforeEach(() => {
  place = scratch();
});

afterEach(() => {
  place[Symbol.dispose]();
});

describe('mcp-server init', () => {
  test('writes a file that passes --check, offers its tools, and is readable by its owner only', async () => {
    const file = join(place.folder, 'mcp-server.yaml');
    expect(await runServer(['init', file])).toMatchObject({ code: 0, stderr: '' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await runServer(['--check', '--config', file])).toMatchObject({ code: 0, stderr: '' });
    const { stdout } = await runServer(['--list-tools', '--config', file]);
    expect(stdout).toMatch(/^disk_free /mu);
  });

  test('refers editors to a schema that exists', async () => {
    const file = join(place.folder, 'mcp-server.yaml');
    await runServer(['init', file]);
    const schema = /^# yaml-language-server: \$schema=(?<path>\S+)$/mu.exec(readFileSync(file, 'utf8'))?.groups?.[
      'path'
    ];
    expect(JSON.parse(readFileSync(schema ?? '', 'utf8'))).toHaveProperty('properties.security');
  });

  test('does not change an existing file', async () => {
    const file = place.write('mcp-server.yaml', 'server: {}\n');
    const { code, stderr } = await runServer(['init', file]);
    expect(code).toBe(1);
    expect(stderr).toContain('already exists');
    expect(readFileSync(file, 'utf8')).toBe('server: {}\n');
  });
});

describe('a first module', () => {
  // Here and not beside the loader, because vitest loads modules differently from Node.
  test.each(["import 'node:fs';", 'export const tools = [];'])(
    'that package.json declares as CommonJS is rejected with instructions: %s',
    async (text) => {
      place.write('package.json', '{ "type": "commonjs" }');
      place.write('tools.ts', text);
      const config = place.write('config.yaml', 'modules: [./tools.ts]\n');
      const { code, stderr } = await runServer(['--list-tools', '--config', config]);
      expect(code).toBe(1);
      expect(stderr).toMatch(/cannot be loaded: .* \.mjs \(\.mts for TypeScript\), or add "type": "module"/u);
    },
  );
});

describe('mcp-server doctor', () => {
  test('finds no problem in the file that init wrote', async () => {
    const file = join(place.folder, 'mcp-server.yaml');
    await runServer(['init', file]);
    const { code, stdout } = await runServer(['doctor', '--config', file, '--json']);
    const { ok, findings } = JSON.parse(stdout) as Report;
    expect(findings.filter(({ level }) => level === 'problem')).toEqual([]);
    expect({ ok, code }).toEqual({ ok: true, code: 0 });
  });

  test('exits with 1 and says what to do about a port in use, a missing program and unrestricted targets', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const file = place.write(
      'bad.yaml',
      `server: { transport: http, port: ${port} }
security: { allowedTargets: ['8.0.0.0/8'] }
tools:
  gone: { description: Is not there, command: no-such-program-here, args: [] }
`,
    );
    const { code, stdout } = await runServer(['doctor', '--config', file, '--json']);
    other.close();
    const { ok, findings } = JSON.parse(stdout) as Report;
    expect({ ok, code }).toEqual({ ok: false, code: 1 });
    const problems = findings.filter(({ level }) => level === 'problem');
    expect(problems.map(({ check }) => check).sort()).toEqual(['ports', 'programs', 'targets']);
    expect(problems.every(({ action }) => action !== undefined)).toBe(true);
  });

  test('reports a configuration that cannot be read, and still checks the machine', async () => {
    const file = place.write('bad.yaml', 'server: { prot: 80 }\n');
    const { code, stdout } = await runServer(['doctor', '--config', file]);
    expect(code).toBe(1);
    expect(stdout).toContain(`${file}:1:`);
    expect(stdout).toMatch(/^ok +node/mu);
    expect(stdout).not.toMatch(/\n\s+at .+:\d+:\d+/u);
  });

  test('never prints a secret', async () => {
    const { stdout, stderr } = await runServer(['doctor'], {
      MCP_SECURITY_API_KEY: apiKey,
      MCP_DATABASE_URL: 'postgres://mcp:hunter22@127.0.0.1:9/audit',
    });
    expect(stdout).toContain('PostgreSQL cannot be used');
    expect(stdout + stderr).not.toMatch(new RegExp(`hunter22|${apiKey}`, 'u'));
  });
});

describe('mcp-server systemd', () => {
  test('prints the targets of the configuration as address rules', async () => {
    const file = place.write('config.yaml', 'security: { allowedTargets: [10.7.0.0/16, .lab.internal] }\n');
    const { code, stdout } = await runServer(['systemd', '--config', file]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^IPAddressDeny=any$/mu);
    expect(stdout).toMatch(/^IPAddressAllow=10\.7\.0\.0\/16$/mu);
    expect(stdout).toMatch(/^# Host names .*\.lab\.internal$/mu);
  });
});
