import { describe, expect, test } from 'vitest';
import { lintCommandTool, type CommandToolSpec, type CommandToolFinding } from '../../index.ts';

const clean: CommandToolSpec = {
  name: 'ping',
  description: 'Sends echo requests',
  command: '/usr/bin/ping',
  target: 'ip_or_host',
  args: ['-c', '{count}', '{extraArgs}', '--', '{target}'],
  parameters: { count: { type: 'integer', min: 1, max: 20 } },
  flags: { '-n': 'none' },
};

const lint = (spec: Partial<CommandToolSpec>): readonly CommandToolFinding[] => lintCommandTool({ ...clean, ...spec });

test('a good declaration has no findings', () => {
  expect(lint({})).toEqual([]);
});

describe('an error keeps a tool from loading', () => {
  test.each<[string, Partial<CommandToolSpec>, readonly string[]]>([
    ['a placeholder that stands for nothing', { args: ['{count}', '{extraArgs}', '{target}', '{x}'] }, ['args']],
    ['a target that is never used', { args: ['{count}', '{extraArgs}'] }, ['args']],
    ['a target that is used but not declared', { target: 'none' }, ['args']],
    ['a parameter that is never used', { args: ['{extraArgs}', '--', '{target}'] }, ['parameters', 'count']],
    ['flags without {extraArgs}', { args: ['{count}', '--', '{target}'] }, ['flags']],
    ['{extraArgs} without flags', { flags: {} }, ['flags']],
    ['{extraArgs} inside a text', { args: ['-x={extraArgs}', '{count}', '--', '{target}'] }, ['args']],
    ['an integer without bounds', { parameters: { count: { type: 'integer' } as never } }, ['parameters', 'count']],
    [
      'bounds the wrong way round',
      { parameters: { count: { type: 'number', min: 2, max: 1 } } },
      ['parameters', 'count'],
    ],
    ['a string without maxLength', { parameters: { count: { type: 'string' } as never } }, ['parameters', 'count']],
    ['a kind of target that does not exist', { target: { kind: 'ip' } as never }, ['target']],
    [
      'a parameter of a kind of target that does not exist',
      { parameters: { count: { type: 'target', kind: 'domain' as never } } },
      ['parameters', 'count'],
    ],
    ['no list of arguments', { args: undefined as never }, ['args']],
    ['no command', { command: undefined as never }, ['command']],
    [
      'an enum value with a line end',
      { parameters: { count: { type: 'enum', values: ['a', 'b\n'] } } },
      ['parameters', 'count'],
    ],
    ['an enum value of a flag beyond ASCII', { flags: { '-t': { type: 'enum', values: ['é'] } } }, ['flags', '-t']],
    ['an empty enum', { parameters: { count: { type: 'enum', values: [] } } }, ['parameters', 'count']],
    ['an enum value that looks like a flag', { flags: { '-t': { type: 'enum', values: ['-x'] } } }, ['flags', '-t']],
    ['a text flag without maxLength', { flags: { '-t': { type: 'text' } as never } }, ['flags', '-t']],
    ['a type that does not exist', { flags: { '-t': { type: 'any' } as never } }, ['flags', '-t']],
    ['a boolean without a flag', { parameters: { count: { type: 'boolean' } } }, ['parameters', 'count']],
    ['a flag that is none', { flags: { n: 'none' } }, ['flags', 'n']],
    ['a flag with a space', { flags: { '-n x': 'none' } }, ['flags', '-n x']],
    ['the end of options as a flag', { flags: { '--': 'none' } }, ['flags', '--']],
    ['a flag that is also a fixed argument', { flags: { '-c': 'none' } }, ['flags', '-c']],
    [
      'a flag that is also a fixed argument with its value',
      { args: ['--proto=http', '{count}', '{extraArgs}', '--', '{target}'], flags: { '--proto': 'none' } },
      ['flags', '--proto'],
    ],
    [
      'a flag that a parameter has too',
      { parameters: { count: { type: 'integer', min: 1, max: 9, flag: '-k' } }, flags: { '-k': 'none' } },
      ['flags', '-k'],
    ],
    ['an exit code in two lists', { domainExitCodes: { 1: 'x' }, failureExitCodes: [1] }, ['failureExitCodes']],
    ['an exit code that cannot be', { successExitCodes: [256] }, ['successExitCodes']],
    ['arguments without a limit', { maxArgsLength: 1e6 }, ['maxArgsLength']],
    ['an endless grace period', { graceMs: 1e6 }, ['graceMs']],
    ['a program in the folder the server happens to be in', { command: './ping' }, ['command']],
    ['a program that looks like a flag', { command: '-x' }, ['command']],
    ['a name with a space', { name: 'a b' }, []],
    ['the name of a built-in property', { name: 'constructor' }, []],
    ['an empty description', { description: ' ' }, []],
    ['a description with hidden characters', { description: 'Pings\u{e0041}' }, []],
  ])('%s', (_, spec, path) => {
    const errors = lint(spec).filter((finding) => finding.severity === 'error');
    expect(errors).toContainEqual(expect.objectContaining({ path }));
  });
});

describe('a warning does not keep a tool from loading', () => {
  test.each<[string, Partial<CommandToolSpec>, readonly string[]]>([
    ['no "--" in front of the target', { args: ['{count}', '{extraArgs}', '{target}'] }, ['args']],
    [
      'a flag that writes a file',
      { command: 'curl', flags: { '-o': { type: 'text', maxLength: 9 } } },
      ['flags', '-o'],
    ],
    ['a flag that starts a program', { command: '/usr/bin/find', flags: { '-exec': 'none' } }, ['flags', '-exec']],
    [
      'a parameter that becomes such a flag',
      { command: 'nmap', parameters: { count: { type: 'string', maxLength: 9, flag: '--script' } } },
      ['parameters', 'count'],
    ],
    ['curl without its guards', { command: 'curl' }, ['args']],
    ['dig without -r', { command: 'dig' }, ['args']],
    ['a pinned address that the program does not get', { target: 'url' }, ['resolve']],
    ['a pinned name passed as text', { args: ['{count}', '{extraArgs}', '--', '{target.text}'] }, ['resolve']],
    [
      'a pinned parameter passed as text',
      {
        args: ['{count}', '{extraArgs}', '--', '{target}', '{via.host}'],
        parameters: {
          count: { type: 'integer', min: 1, max: 20 },
          via: { type: 'target', kind: 'host' },
        },
      },
      ['parameters', 'via'],
    ],
    ['no "--" in front of a part of the target', { args: ['{count}', '{extraArgs}', '{target.address}'] }, ['args']],
    ['an interpreter', { allowInterpreter: true }, ['allowInterpreter']],
  ])('%s', (_, spec, path) => {
    const findings = lint(spec);
    expect(findings).toContainEqual(expect.objectContaining({ severity: 'warning', path }));
    expect(findings.filter((finding) => finding.severity === 'error')).toEqual([]);
  });

  test('every finding says what to do', () => {
    const findings = lint({
      name: '',
      args: ['{x}'],
      command: 'curl',
      flags: { x: 'none', '-o': 'none' },
      graceMs: -1,
    });
    expect(findings.length).toBeGreaterThan(5);
    for (const { message, suggestion } of findings) {
      expect(message).toMatch(/\.$/);
      expect(suggestion).toMatch(/\.$/);
    }
  });

  test('curl with its guards is quiet', () => {
    const args = [
      '-q',
      '--globoff',
      '--proto',
      '=http,https',
      '--max-redirs',
      '0',
      '--noproxy',
      '*',
      '--resolve',
      '{target.host}:{target.port}:{target.address}',
      '--',
      '{target}',
    ];
    expect(lintCommandTool({ name: 'curl_head', description: 'x', command: 'curl', target: 'url', args })).toEqual([]);
  });
});
