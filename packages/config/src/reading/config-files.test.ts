import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { noticeText } from '../describe/problems.ts';
import { isMountPoint } from './mount-point.ts';
import { loadSample, loadError } from '../test-support/sample-store.ts';

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
    args: [-n]
`);
}

describe('a valid configuration is accepted', () => {
  test.each([
    ['as it is', policy()],
    ['with comments', policy((text) => `# comment\n${text}# end\n`)],
    ['with letters of other scripts', policy((text) => text.replace('Send ICMP', 'Überprüft – 日本語'))],
    [
      'with quoted special characters',
      policy((text) => text.replace('Send ICMP', '"a: b # c" #').replace(' echo requests', '')),
    ],
    ['with CR LF line ends', policy((text) => text.replaceAll('\n', '\r\n'))],
    ['with a byte order mark', policy((text) => `\u{FEFF}${text}`)],
    ['with document markers', policy((text) => `%YAML 1.2\n---\n${text}...\n`)],
    ['as JSON', '{"server": {"port": 8787}, "security": {"timeoutSeconds": 30}}'],
    ['as an empty mapping', '{}'],
    ['with an anchor that nothing refers to', policy((text) => text.replace('8787', '&port 8787'))],
    ['with literal blocks', policy((text) => text.replace('Send ICMP echo requests', '|-\n      Send ICMP'))],
  ])('%s', async (_, text) => {
    await using store = await loadSample(text);
    expect(store.snapshot.version).toBe(1);
  });
});

const replaced = (from: string | RegExp, to: string): string => policy((text) => text.replace(from, to));

describe('a configuration is rejected', () => {
  test.each<readonly [string, string]>([
    ['empty', ''],
    ['only white space', ' \n\n'],
    ['only comments', '# a\n'],
    ['a scalar', 'hello'],
    ['null', '~'],
    ['an alias cycle', 'a: &a\n  b: *a\n'],
    ['an alias bomb', `a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n`],
    ['two documents', `${policy()}---\n${policy()}`],
    ['a tag', replaced('8787', '!!int 8787')],
    ['a JavaScript tag', replaced('8787', '!!js/function "x"')],
    ['a merge key', replaced('host:', '<<: {port: 1}\n  host:')],
    ['a duplicate key', replaced('port: 8787', 'port: 8787\n  port: 1')],
    ['an old directive', policy((text) => `%YAML 1.1\n---\n${text}`)],
    ['tabs in the indentation', replaced('  port', '\tport')],
    ['nesting without end', `${'['.repeat(50)}${']'.repeat(50)}`],
    ['a NUL character', replaced('Send', 'Se\0nd')],
    ['a key that is a list', '? [a]\n: 1'],
    ['a misspelt guard', replaced('allowed_targets', 'allowed_target')],
    ['null for a limit', replaced('timeout_seconds: 30', 'timeout_seconds: null')],
    ['nothing for a limit', replaced('timeout_seconds: 30', 'timeout_seconds:')],
    ['a limit above the hard cap', replaced('1048576', '1e12')],
    ['an infinite limit', replaced('1048576', '.inf')],
    ['a limit that is no number', replaced('1048576', '.nan')],
    ['a negative limit', replaced('timeout_seconds: 30', 'timeout_seconds: -1')],
    ['zero for a limit', replaced('timeout_seconds: 30', 'timeout_seconds: 0')],
    ['a quoted number', replaced('8787', '"8787"')],
    ['a text for a list', replaced(/\[10.*\]/, '10.0.0.0/8')],
    ['a command that is a list', replaced('/usr/bin/ping', '[/usr/bin/ping, -f]')],
    ['an argument with a line end', replaced('[-n]', '["a\\nb"]')],
    ['arguments in one text', replaced('[-n]', '"-c 3"')],
    ['no tools at all but the key', 'tools:\n'],
    ['more than 1 MiB', `${policy()}# ${'x'.repeat(1024 * 1024)}`],
    ['an empty command', replaced('/usr/bin/ping', '""')],
    ['a tool name with a line end', replaced('  ping:', '  "ping\\n":')],
    ['a tool name with a space', replaced('  ping:', '  "pi ng":')],
    ['a tool name with a slash', replaced('  ping:', '  ../ping:')],
    ['a tool name that is too long', replaced('  ping:', `  ${'p'.repeat(129)}:`)],
    ['an empty tool name', replaced('  ping:', '  "":')],
    ...['__proto__', 'constructor', 'prototype'].map(
      (name) => [`the tool name ${name}`, replaced('  ping:', `  ${name}:`)] as const,
    ),
    ['a prototype key in a section', replaced('host: 127.0.0.1', '__proto__: {host: 0.0.0.0}')],
    ['a shell option', replaced('    args:', '    shell: true\n    args:')],
    ['an include', policy((text) => `${text}include: ../../etc/passwd\n`)],
    ['a description with bidirectional marks', replaced('Send', '"\\u202Ea" #')],
    ['a description with a tag character', replaced('Send', '"\\U000E0041" #')],
    ['a description with an escape character', replaced('Send', '"\\e[31m" #')],
    ['a description without end', replaced('Send', 'S'.repeat(2000))],
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

describe('the file itself', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mcp-file-'));
    file = join(folder, 'config.yaml');
    await writeFile(file, 'server: {port: 1}\n', { mode: 0o600 });
  });
  afterEach(() => rm(folder, { recursive: true }));

  const fromFile = { source: undefined };

  test('is refused when everyone may write to it', async () => {
    await chmod(file, 0o666);
    const error = await loadError('', { ...fromFile, file });
    expect(error.problems).toMatchObject([{ rule: 'permissions', suggestion: 'run chmod o-w on it' }]);
  });

  test('is refused when everyone may replace it', async () => {
    await chmod(folder, 0o777);
    expect((await loadError('', { ...fromFile, file })).problems).toMatchObject([{ rule: 'permissions' }]);
    await chmod(folder, 0o1777);
    await using store = await loadSample('', { ...fromFile, file });
    expect(store.notices).toEqual([]);
  });

  test('is not refused for its mode on Windows, where modes say nothing', async () => {
    await chmod(file, 0o666);
    vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
    await using store = await loadSample('', { ...fromFile, file });
    expect(store.notices).toEqual([]);
  });

  test('is a notice when its group may write to it', async () => {
    await chmod(file, 0o660);
    await using store = await loadSample('', { ...fromFile, file });
    expect(store.notices.map(noticeText)).toEqual([
      `${file}:1:1: the file is writable by its group; chmod g-w if that is not meant`,
    ]);
  });

  test.each([
    ['missing', () => rm(file)],
    ['not_a_file', () => rm(file).then(() => mkdir(file))],
    ['too_large', () => writeFile(file, `#${'x'.repeat(1024 * 1024)}`)],
    ['encoding', () => writeFile(file, Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe]))],
    ['encoding', () => writeFile(file, Buffer.from('\u{FEFF}a: 1', 'utf16le'))],
  ])('is refused: %s', async (rule, prepare) => {
    await prepare();
    expect((await loadError('', { ...fromFile, file })).problems).toMatchObject([{ rule, origin: { file } }]);
  });

  test('is read with a byte order mark', async () => {
    await writeFile(file, '\u{FEFF}server: {port: 9}');
    await using store = await loadSample('', { ...fromFile, file });
    expect(store.snapshot.origin('server.port')).toMatchObject({ line: 1, column: 16 });
  });

  test('that is a directory is called one', async () => {
    await rm(file);
    await mkdir(file);
    const error = await loadError('', { ...fromFile, file });
    expect(error.message).toContain('it is a directory');
    expect(error.message).toContain('Docker');
  });

  test('that everyone may write to is a notice where permissions are not checked', async () => {
    await chmod(file, 0o666);
    await chmod(folder, 0o777);
    await using store = await loadSample('', { ...fromFile, file, permissions: 'notice' });
    expect(store.notices.map(({ message }) => message)).toEqual([
      'every user of this machine may write to it; run chmod o-w on it',
      'every user of this machine may replace it, because its directory is world-writable; run chmod o-w on the directory',
    ]);
  });

  test('is a mount point when the list of mounts has its path', async () => {
    const mounted = join(folder, 'my config.yaml');
    await writeFile(mounted, '{}');
    const list = join(folder, 'mountinfo');
    const path = `${await realpath(folder)}/my\\040config.yaml`;
    await writeFile(list, `36 35 98:0 /a / rw - ext4 /dev/root rw\n37 36 98:0 /b ${path} rw - ext4 /dev/root rw\n`);
    expect(await isMountPoint(mounted, list)).toBe(true);
    expect(await isMountPoint(file, list)).toBe(false);
    expect(await isMountPoint(mounted, join(folder, 'none'))).toBe(false);
  });

  test('with a name that is no mount point causes no notice', async () => {
    await using store = await loadSample('', { ...fromFile, file });
    expect(store.notices).toEqual([]);
  });
});

describe('a file of another format is called what it is', () => {
  test.each([
    ['{\n  // the port\n  "server": {"port": 1}\n}', 2],
    ['{\n  "server": {"port": 1 /* the port */}\n}', 2],
    ['// generated\n{"server": {"port": 1}}', 1],
  ])('JSON with comments: %j', async (text, line) => {
    const { problems } = await loadError(text);
    expect(problems[0]).toMatchObject({ suggestion: expect.stringContaining('begin ') as string, origin: { line } });
    expect(problems[0]?.suggestion).toContain('#');
  });

  test('a comment of JSON after a value', async () => {
    const error = await loadError('server:\n  port: 8080 // the port\n');
    expect(error.message).toContain('begin a comment with #');
  });

  test('a key that only another program has', async () => {
    const error = await loadError('{"mcpServers": {"a": {"command": "b", "env": {"KEY": "hidden-value"}}}}');
    expect(error.problems).toMatchObject([{ rule: 'other_file', message: 'this is the file of a client' }]);
    expect(error.message).not.toContain('hidden-value');
  });
});
