import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test, vi } from 'vitest';

import { runCheck } from './commands.ts';
import { invokedAs } from './invoked-as.ts';

test.each([
  ['npx', ['node', '/x/node_modules/.bin/mcp-server'], { npm_command: 'exec' }, 'npx mcp-server'],
  [
    'pnpm exec',
    ['node', '/x/main.js'],
    { npm_config_user_agent: 'pnpm/12.21.0 npm/?' },
    'npx -y pnpm@12.21.0 exec mcp-server',
  ],
  ['the installed program', ['node', '/usr/bin/mcp-server'], {}, 'mcp-server'],
  ['node and the built file', ['node', `${process.cwd()}/dist/main.js`], {}, 'node dist/main.js'],
])('commands are printed as for %s', (_, argv, env, expected) => {
  expect(invokedAs(argv, env)).toBe(expected);
});

test('a Node that was started by its path is printed with it, since the one of the search path may be too old', () => {
  const argv = ['/x/bin/node', `${process.cwd()}/dist/main.js`];
  expect(invokedAs(argv, {}, `${process.cwd()}/node_modules/.bin/node`)).toBe('node_modules/.bin/node dist/main.js');
  expect(invokedAs(argv, {}, '/opt/node')).toBe('/opt/node dist/main.js');
  expect(invokedAs(argv, {}, 'node')).toBe('node dist/main.js');
});

test('--check names the tools that cannot run, and passes: the server starts without them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'check-'));
  const config = join(folder, 'tools.yaml');
  writeFileSync(
    config,
    'tools: { there: { description: t, command: df }, gone: { description: t, command: no-such } }',
  );
  const written: string[] = [];
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  try {
    expect(await runCheck({ config, flags: [] }, false)).toBe(0);
    expect(written.filter((line) => line.startsWith('tools.'))).toEqual([
      expect.stringMatching(/^tools\.gone cannot run: "no-such" is not in \/usr/u),
    ]);
  } finally {
    out.mockRestore();
    err.mockRestore();
    rmSync(folder, { recursive: true });
  }
});

test('--check names what upstreams lack, all in one round, and passes: the server starts without them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'check-'));
  const config = join(folder, 'upstreams.yaml');
  writeFileSync(join(folder, 'upstreams.lock.json'), 'not a lock file');
  const upstreams = { far: { url: 'https://169.254.169.254/mcp' }, near: { command: ['no-such'], cwd: '/no/such' } };
  writeFileSync(config, JSON.stringify({ upstreams }));
  const written: string[] = [];
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  try {
    expect(await runCheck({ config, flags: [] }, false)).toBe(0);
    expect(written.map((line) => line.slice(0, line.indexOf(': ')))).toEqual([
      'upstreams.far.url',
      'upstreams.near.command',
      'upstreams.near.cwd',
      'federation.lockFile',
    ]);
  } finally {
    out.mockRestore();
    err.mockRestore();
    rmSync(folder, { recursive: true });
  }
});
