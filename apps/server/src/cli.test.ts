import { describe, expect, it } from 'vitest';

import { parseCommandLine } from './cli.ts';

describe('the command line', () => {
  it('serves over the configured transport when nothing is said', () => {
    expect(parseCommandLine([])).toEqual({ kind: 'serve', options: { flags: [] } });
  });

  it('hands --transport, --host and --port on as configuration values, unconverted', () => {
    const command = parseCommandLine(['--transport', 'http', '--host', '::1', '--port', 'ninety']);
    expect(command).toMatchObject({ kind: 'serve' });
    expect(command.kind === 'serve' && command.options.flags).toEqual([
      { path: 'server.transport', flag: '--transport', value: 'http' },
      { path: 'server.host', flag: '--host', value: '::1' },
      { path: 'server.port', flag: '--port', value: 'ninety' },
    ]);
  });

  it.each([
    ['an unknown flag', ['--prot', '80'], "Unknown option '--prot'"],
    ['a flag without its value', ['--config'], "Option '--config <value>' argument missing"],
    ['a value for a flag that takes none', ['--check=yes'], "Option '--check' does not take an argument"],
    ['a stray word', ['serve'], "Unexpected argument 'serve'"],
    ['two exclusive commands', ['--check', '--list-tools'], '--check and --list-tools cannot be used together'],
  ])('refuses %s and says which', (_, args, message) => {
    const command = parseCommandLine(args);
    expect(command.kind).toBe('usage-error');
    expect(command.kind === 'usage-error' && command.message).toContain(message);
  });

  it('answers --help before anything else', () => {
    expect(parseCommandLine(['--help', '--port', 'x'])).toEqual({ kind: 'help' });
  });
});
