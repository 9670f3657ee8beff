import { describe, expect, test } from 'vitest';

import { parseCommandLine } from './cli.ts';

describe('the command line', () => {
  test('serves over the configured transport when nothing is said', () => {
    expect(parseCommandLine([])).toEqual({ kind: 'serve', options: { flags: [] } });
  });

  test('hands --transport, --host and --port on as configuration values, unconverted', () => {
    const command = parseCommandLine(['--transport', 'http', '--host', '::1', '--port', 'ninety']);
    expect(command).toMatchObject({ kind: 'serve' });
    expect(command.kind === 'serve' && command.options.flags).toEqual([
      { path: 'server.transport', flag: '--transport', value: 'http' },
      { path: 'server.host', flag: '--host', value: '::1' },
      { path: 'server.port', flag: '--port', value: 'ninety' },
    ]);
  });

  test.each([
    ['an unknown flag', ['--prot', '80'], "Unknown option '--prot'"],
    ['a flag without its value', ['--config'], "Option '--config <value>' argument missing"],
    ['a value for a flag that takes none', ['--check=yes'], "Option '--check' does not take an argument"],
    ['a stray word', ['serve'], "Unexpected argument 'serve'"],
    ['a value in one argument with its flag', ['--config a.yaml'], 'An option and its value are two arguments'],
    ['two exclusive commands', ['--check', '--list-tools'], '--check and --list-tools cannot be used together'],
  ])('refuses %s and says which', (_, args, message) => {
    const command = parseCommandLine(args);
    expect(command.kind).toBe('usage-error');
    expect(command.kind === 'usage-error' && command.message).toContain(message);
  });

  test.each([
    [['init'], { kind: 'init', file: 'mcp-server.yaml' }],
    [['init', 'etc/tools.yaml'], { kind: 'init', file: 'etc/tools.yaml' }],
    [['doctor', '--config', 'x.yaml'], { kind: 'doctor', options: { flags: [], config: 'x.yaml' }, json: false }],
    [['doctor', '--json'], { kind: 'doctor', options: { flags: [] }, json: true }],
    [['systemd', '--config', 'x.yaml'], { kind: 'systemd', options: { flags: [], config: 'x.yaml' } }],
    [['doctor', '--help'], { kind: 'help' }],
    [['call', 'ping', '--help'], { kind: 'help', topic: 'call' }],
    [['tools', '-h'], { kind: 'help', topic: 'tools' }],
    [['keys', 'add', '--help'], { kind: 'help', topic: 'keys' }],
    [['client', '--help'], { kind: 'help', topic: 'client' }],
    [
      ['upstreams', 'check', '--locked', '--config', 'x.yaml'],
      {
        kind: 'upstreams',
        upstreams: { action: 'check', options: { flags: [], config: 'x.yaml' }, tool: undefined, locked: true },
      },
    ],
    [['--check', '--live'], { kind: 'check', options: { flags: [] }, live: true }],
    [['keys', 'list'], { kind: 'keys', keys: { action: 'list', options: { flags: [] }, json: false } }],
    [
      ['client', 'add', 'codex', '-y'],
      { kind: 'client', client: { client: 'codex', name: 'tools', config: undefined, print: false, yes: true } },
    ],
    [['tools', '--local'], { kind: 'tools', choice: { options: { flags: [] }, local: true, json: false } }],
    [
      ['call', 'ping', '--', '--help'],
      {
        kind: 'call',
        call: {
          options: { flags: [] },
          local: false,
          json: false,
          tool: 'ping',
          toolArguments: [{ name: 'help', value: undefined }],
        },
      },
    ],
  ])('understands %j', (args, command) => {
    expect(parseCommandLine(args)).toEqual(command);
  });

  test.each([
    ['a second file for init', ['init', 'a.yaml', 'b.yaml'], 'b.yaml'],
    ['a flag that init does not have', ['init', '--port', '80'], "Unknown option '--port'"],
    ['a flag that only the doctor has', ['--json'], "Unknown option '--json'"],
    ['a call without a tool', ['call'], 'call needs the name of a tool'],
    ['keys without an action', ['keys'], 'keys needs one of add, list, rotate and remove'],
    ['upstreams without an action', ['upstreams'], 'upstreams needs one of list, check, diff and approve'],
    ['a tool for upstreams list', ['upstreams', 'list', 'x'], 'upstreams list does not take "x"'],
    ['upstreams approve --locked', ['upstreams', 'approve', '--locked'], '--locked belongs to upstreams check'],
    ['--live alone', ['--live'], '--live belongs to --check'],
    ['a client that is not known', ['client', 'add', 'emacs'], 'client add needs one of claude-desktop'],
    ['a word after tools', ['tools', 'ping'], "Unexpected argument 'ping'"],
    ['a word after the doctor', ['doctor', 'config.yaml'], "Unexpected argument 'config.yaml'"],
  ])('refuses %s', (_, args, message) => {
    const command = parseCommandLine(args);
    expect(command.kind === 'usage-error' && command.message).toContain(message);
  });

  test.each([
    [['call'], 'call'],
    [['keys', 'add', 'a b'], 'keys'],
    [['tools', 'ping'], 'tools'],
    [['doctor', 'x'], undefined],
    [['--prot'], undefined],
  ])('an error in %j refers to the help of %s', (args, topic) => {
    const command = parseCommandLine(args);
    expect(command.kind === 'usage-error' && command.topic).toBe(topic);
  });

  test('says what it has in place of an unknown command, and its own messages in full', () => {
    expect(parseCommandLine(['cal', 'ping'])).toEqual({
      kind: 'usage-error',
      message:
        "Unexpected argument 'cal'; the commands are call, tools, keys, client, upstreams, init, apis, doctor, systemd",
    });
    expect(parseCommandLine(['--config', 'x.yaml', 'call', 'ping'])).toMatchObject({
      message: "Unexpected argument 'call'; a command comes before its options",
    });
    expect(parseCommandLine(['keys', 'add', 'a b'])).toMatchObject({
      message: 'a key name is 1 to 64 letters, digits, _ . @ and -',
    });
    expect(parseCommandLine(['keys', 'remove'])).toMatchObject({
      message: 'one NAME is needed, such as: mcp-server keys remove ci',
    });
  });

  test('answers --help before anything else', () => {
    expect(parseCommandLine(['--help', '--port', 'x'])).toEqual({ kind: 'help' });
  });
});
