import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { addEntry } from './client-entry.ts';
import { CLIENT_NAMES, clientFile, type ClientName, type Places } from './clients.ts';
import { parseClient, type ClientCommand } from './parse-client.ts';
import { addClient, type ClientSurroundings } from './run-client.ts';

let home: string;
let places: Places;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'client-'));
  places = { home, folder: join(home, 'project'), platform: 'linux', env: {} };
});
afterEach(() => rmSync(home, { recursive: true }));

const command = ['/usr/bin/node', '/opt/main.js', '--transport', 'stdio'];
const nowMs = Date.parse('2026-11-25T12:00:00Z');

async function add(
  args: readonly string[],
  parts: Partial<ClientSurroundings> = {},
): Promise<{ code: number; text: string }> {
  let text = '';
  const parsed: ClientCommand = parseClient(['add', ...args]);
  const code = await addClient(parsed, {
    ...places,
    command,
    write: (part) => (text += part),
    confirm: undefined,
    nowMs,
    ...parts,
  });
  return { code, text };
}

const fileOf = (client: ClientName): string => clientFile(client, places).file;

function given(client: ClientName, text: string): string {
  const file = fileOf(client);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode: 0o640 });
  chmodSync(file, 0o640);
  return file;
}

describe('mcp-server client add', () => {
  test.each<[ClientName, string, string]>([
    ['claude-desktop', '.config/Claude/claude_desktop_config.json', 'mcpServers'],
    ['claude-code', 'project/.mcp.json', 'mcpServers'],
    ['cursor', '.cursor/mcp.json', 'mcpServers'],
    ['vscode', 'project/.vscode/mcp.json', 'servers'],
    ['gemini', '.gemini/settings.json', 'mcpServers'],
    ['inspector', '.mcp-inspector/mcp.json', 'mcpServers'],
  ])('writes the file of %s', async (client, path, member) => {
    expect(await add([client, '--yes'])).toMatchObject({ code: 0, text: expect.stringContaining(fileOf(client)) });
    expect(relative(home, fileOf(client))).toBe(path);
    const settings = JSON.parse(readFileSync(fileOf(client), 'utf8')) as Record<string, { tools: object }>;
    expect(settings[member]?.tools).toMatchObject({ command: '/usr/bin/node', args: command.slice(1) });
  });

  test('writes a table for Codex, and keeps what is there', async () => {
    const file = given('codex', 'model = "x"\n\n[mcp_servers.other]\ncommand = "y"\n');
    expect((await add(['codex', '--yes', '--name', 'ops'])).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(
      'model = "x"\n\n[mcp_servers.other]\ncommand = "y"\n\n[mcp_servers.ops]\ncommand = "/usr/bin/node"\nargs = ["/opt/main.js","--transport","stdio"]\n',
    );
    expect((await add(['codex', '--yes', '--name', 'ops'])).text).toContain('already');
  });

  test.each([
    '[mcp_servers.tools]\ncommand = "z"\n',
    '[ mcp_servers . "tools" ]\n',
    '[mcp_servers.tools.env]\n',
    'mcp_servers = {}\n',
    'mcp_servers.tools.command = "z"\n',
  ])('does not define a table of Codex twice: %j', async (text) => {
    const file = given('codex', text);
    const { code, text: shown } = await add(['codex', '--yes']);
    expect(code).toBe(1);
    expect(shown).toContain('Put this into it yourself');
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('keeps the other settings, the indentation and the mode of the file, and a copy of it', async () => {
    const before = '{\n\t"theme": "dark",\n\t"mcpServers": {\n\t\t"other": { "command": "x" }\n\t}\n}\n';
    const file = given('gemini', before);
    const { text } = await add(['gemini', '--yes']);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      theme: 'dark',
      mcpServers: { other: { command: 'x' }, tools: { command: '/usr/bin/node' } },
    });
    expect(readFileSync(file, 'utf8')).toMatch(/^\t"theme"/mu);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    const backup = `${file}.backup-20261125T120000Z`;
    expect(text).toContain(backup);
    expect(readFileSync(backup, 'utf8')).toBe(before);
    expect(readdirSync(dirname(file))).toHaveLength(2);
  });

  test('a symbolic link stays a link', async () => {
    const target = join(home, 'dotfiles.json');
    writeFileSync(target, '{}');
    mkdirSync(join(home, '.cursor'));
    symlinkSync(target, fileOf('cursor'));
    expect((await add(['cursor', '--yes'])).code).toBe(0);
    expect(lstatSync(fileOf('cursor')).isSymbolicLink()).toBe(true);
    expect(readFileSync(target, 'utf8')).toContain('mcpServers');
  });

  test('asks before it changes a file', async () => {
    const file = given('cursor', '{}');
    const asked: string[] = [];
    const answering = (answer: boolean) => ({
      confirm: (prompt: string): Promise<boolean> => {
        asked.push(prompt);
        return Promise.resolve(answer);
      },
    });
    expect(await add(['cursor'], answering(false))).toMatchObject({
      code: 1,
      text: expect.stringContaining('Nothing was'),
    });
    expect(readFileSync(file, 'utf8')).toBe('{}');
    expect((await add(['cursor'], answering(true))).code).toBe(0);
    expect(asked).toEqual(['Change the file? [y/N] ', 'Change the file? [y/N] ']);
  });

  test('without a terminal it changes nothing unless --yes is given', async () => {
    expect(await add(['cursor'])).toMatchObject({ code: 1, text: expect.stringContaining('--yes') });
    expect(readdirSync(home)).toEqual([]);
  });

  test('--print shows the entry alone', async () => {
    const { text } = await add(['vscode', '--print']);
    expect(JSON.parse(text)).toEqual({
      servers: { tools: { type: 'stdio', command: '/usr/bin/node', args: command.slice(1) } },
    });
    expect(readdirSync(home)).toEqual([]);
  });

  test('says that an entry is replaced, and changes nothing where it is the same', async () => {
    const file = given('cursor', '{"mcpServers":{"tools":{"command":"old"}}}');
    expect((await add(['cursor', '--yes'])).text).toContain('replaces the entry tools');
    expect(await add(['cursor'])).toMatchObject({ code: 0, text: expect.stringContaining('already') });
    expect(readdirSync(dirname(file))).toHaveLength(2);
  });

  test.each([
    ['with comments', '// mine\n{}'],
    ['that is a list', '[]'],
    ['whose servers are a list', '{"mcpServers":[]}'],
  ])('does not touch a file %s', async (_, text) => {
    const file = given('cursor', text);
    expect((await add(['cursor', '--yes'])).code).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('an empty file and a byte order mark are no obstacle', () => {
    const client = clientFile('cursor', places);
    const entry = { name: 'tools', command };
    expect(addEntry('\ufeff\n', entry, client).kind).toBe('changed');
    expect(addEntry('\ufeff{"a":1}', entry, client).kind).toBe('changed');
  });

  test('shows the entry where the file cannot be written', async () => {
    writeFileSync(join(home, '.cursor'), '');
    const { code, text } = await add(['cursor', '--yes']);
    expect(code).toBe(1);
    expect(text).toMatch(/was not changed \(ENOTDIR|EEXIST\)/);
  });
});

describe('the command line', () => {
  test('has defaults', () => {
    expect(parseClient(['add', 'codex'])).toEqual({
      client: 'codex',
      name: 'tools',
      config: undefined,
      print: false,
      yes: false,
    });
  });

  test.each([
    ['no action', ['claude-code'], 'client needs add'],
    ['no client', ['add'], CLIENT_NAMES.join(', ')],
    ['an unknown client', ['add', 'emacs'], 'client add needs one of'],
    ['an invalid name', ['add', 'codex', '--name', 'a.b'], '--name takes'],
    ['--print with --yes', ['add', 'codex', '--print', '--yes'], 'cannot be used together'],
  ])('rejects %s', (_, args, message) => {
    expect(() => parseClient(args)).toThrow(message);
  });

  test('finds the file of Claude Desktop on macOS, and follows CODEX_HOME', () => {
    expect(clientFile('claude-desktop', { ...places, platform: 'darwin' }).file).toContain(
      'Library/Application Support',
    );
    expect(clientFile('codex', { ...places, env: { CODEX_HOME: '/c' } }).file).toBe('/c/config.toml');
  });
});
