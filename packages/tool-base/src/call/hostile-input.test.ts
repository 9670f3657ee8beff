/**
 * Hostile input against tools as an operator would declare them, through the whole pipeline. A refused call starts nothing.
 * The rows are representatives of a rule each; the rules themselves are tested beside their code.
 */

import { describe, expect, test } from 'vitest';
import { defineCommandTool, testTool } from '../index.ts';
import type { CommandToolSpec, TestedTool } from '../index.ts';

const shared = { command: '/bin/echo', description: 'Stands for the program of its name' };
const declarations: readonly CommandToolSpec[] = [
  {
    ...shared,
    name: 'ping',
    target: 'ip_or_host',
    args: ['-c', '3', '{extraArgs}', '--', '{target}'],
    flags: { '-W': { type: 'integer', min: 1, max: 10 }, '-i': { type: 'number', min: 0.2, max: 5 }, '-n': 'none' },
  },
  {
    ...shared,
    name: 'dig',
    target: 'host',
    resolve: 'off',
    args: ['-r', '{extraArgs}', '{target}'],
    flags: { '+short': 'none', '-t': { type: 'enum', values: ['A', 'MX', 'TXT'] } },
  },
  {
    ...shared,
    name: 'curl',
    target: 'url',
    args: [
      '-q',
      '--globoff',
      '--resolve',
      '{target.host}:{target.port}:{target.address}',
      '{extraArgs}',
      '--',
      '{target}',
    ],
    flags: { '-I': 'none', '--max-time': { type: 'integer', min: 1, max: 30 } },
  },
  {
    ...shared,
    name: 'nmap',
    target: 'cidr',
    maxAddresses: 1024,
    args: ['-n', '{extraArgs}', '--', '{target}'],
    flags: { '-p': { type: 'ports' }, '-Pn': 'none' },
  },
  { ...shared, name: 'uptime', args: [] },
];

const kitOf = (name: string): TestedTool => {
  const spec = declarations.find((declaration) => declaration.name === name);
  return testTool(defineCommandTool(spec!), { allowed: ['RFC1918', '.lab.internal'] });
};

describe('accepted', () => {
  test.each<[string, Record<string, unknown>]>([
    ['ping', { target: '192.168.255.255' }],
    ['ping', { target: 'HOST.lab.internal', extraArgs: '-i 0.5 -W 10 -n' }],
    ['ping', { target: '10.0.0.100', extraArgs: ['-n'] }],
    ['dig', { target: 'a.b.c.lab.internal', extraArgs: '+short -t MX' }],
    ['curl', { target: 'https://10.0.0.5:8443/a%20b?c=d', extraArgs: '-I --max-time 30' }],
    ['nmap', { target: '192.168.4.0/22', extraArgs: '-Pn -p 22,8000-8010' }],
    ['uptime', {}],
  ])('%s %j', async (name, args) => {
    const kit = kitOf(name);
    expect(await kit.call(args)).toMatchObject({ ok: true });
    expect(kit.started).toHaveLength(1);
  });
});

describe('refused before anything starts', () => {
  test.each<[string, string, unknown]>([
    ['a public address', 'ping', { target: '9.9.9.9' }],
    ['an address in octal', 'ping', { target: '10.0.010.1' }],
    ['an address of two parts', 'ping', { target: '10.9' }],
    ['an address as a number', 'ping', { target: 167772161 }],
    ['an address in a list', 'ping', { target: ['10.0.0.1'] }],
    ['an address with a second line', 'ping', { target: '10.0.0.1\n-f' }],
    ['an address with a port', 'ping', { target: '10.0.0.1:22' }],
    ['an address with full-width digits', 'ping', { target: '１０.0.0.1' }],
    ['the metadata service', 'ping', { target: '169.254.169.254' }],
    ['loopback', 'ping', { target: '127.0.0.1' }],
    ['a mapped address', 'ping', { target: '::ffff:10.0.0.1' }],
    ['an option for a target', 'ping', { target: '-f' }],
    ['an option that ends in the suffix', 'dig', { target: '-f.lab.internal' }],
    ['a query option that ends in the suffix', 'dig', { target: '+tcp.lab.internal' }],
    ['a file for a target', 'dig', { target: '@/etc/hosts' }],
    ['a name beside the suffix', 'dig', { target: 'evil-lab.internal' }],
    ['a name after the suffix', 'dig', { target: 'x.lab.internal.evil.example' }],
    ['a name with an underscore', 'dig', { target: '_sip.lab.internal' }],
    ['a name with a trailing dot', 'dig', { target: 'x.lab.internal.' }],
    ['an address for a name', 'dig', { target: '10.0.0.1' }],
    ['another scheme', 'curl', { target: 'gopher://10.0.0.5/' }],
    ['user information', 'curl', { target: 'http://10.0.0.5:80@evil.example/' }],
    ['a backslash', 'curl', { target: 'http://10.0.0.5\\@evil.example/' }],
    ['a glob', 'curl', { target: 'http://10.0.0.[1-9]/' }],
    ['a port out of range', 'curl', { target: 'http://10.0.0.5:70000/' }],
    ['a network with host bits', 'nmap', { target: '10.0.0.1/24' }],
    ['a network that is too large', 'nmap', { target: '10.0.0.0/8' }],
    ['a network that reaches outside', 'nmap', { target: '172.0.0.0/9' }],
    ['an address range', 'nmap', { target: '10.0.0.1-9' }],
    ['a target for a tool without one', 'uptime', { target: '10.0.0.1' }],
    ['extra arguments for a tool without flags', 'uptime', { extraArgs: '' }],
    ['a flag that is not listed', 'ping', { target: '10.0.0.1', extraArgs: '-f' }],
    ['an attached value', 'ping', { target: '10.0.0.1', extraArgs: '-W5' }],
    ['a cluster', 'ping', { target: '10.0.0.1', extraArgs: '-nn' }],
    ['a flag twice', 'ping', { target: '10.0.0.1', extraArgs: '-n -n' }],
    ['a value above its range', 'ping', { target: '10.0.0.1', extraArgs: '-W 11' }],
    ['a value with an exponent', 'ping', { target: '10.0.0.1', extraArgs: '-W 1e0' }],
    ['a value with a tail', 'ping', { target: '10.0.0.1', extraArgs: '-W 5;id' }],
    ['a missing value', 'ping', { target: '10.0.0.1', extraArgs: '-W' }],
    ['a second target', 'ping', { target: '10.0.0.1', extraArgs: '-n 8.8.8.8' }],
    ['a tab between arguments', 'ping', { target: '10.0.0.1', extraArgs: '-n\t-f' }],
    ['a wide space between arguments', 'ping', { target: '10.0.0.1', extraArgs: '-n\u3000-f' }],
    ['an escape sequence', 'ping', { target: '10.0.0.1', extraArgs: '-n \u001b[2J' }],
    ['an abbreviation', 'curl', { target: 'http://10.0.0.5/', extraArgs: '--max 5' }],
    ['a flag with =', 'curl', { target: 'http://10.0.0.5/', extraArgs: '--max-time=5' }],
    ['a second URL', 'curl', { target: 'http://10.0.0.5/', extraArgs: '--next http://evil.example/' }],
    ['a file to send', 'curl', { target: 'http://10.0.0.5/', extraArgs: '-d @/etc/passwd' }],
    ['too many bytes', 'ping', { target: '10.0.0.1', extraArgs: `-n ${' '.repeat(2048)}` }],
    ['too many arguments', 'ping', { target: '10.0.0.1', extraArgs: Array.from({ length: 65 }, () => '-n') }],
    ['arguments that are no text', 'ping', { target: '10.0.0.1', extraArgs: true }],
    ['an unknown argument', 'ping', { target: '10.0.0.1', shell: true }],
    ['a prototype', 'ping', JSON.parse('{"target":"10.0.0.1","__proto__":{"shell":true}}')],
    ['arguments that are a list', 'ping', ['10.0.0.1']],
  ])('%s', async (_, name, args) => {
    const kit = kitOf(name);
    expect((await kit.call(args)).error?.type).toBe('validation_error');
    expect(kit.started).toEqual([]);
    expect(kit.tool.breaker?.stats().totals.calls).toBe(0);
  });
});
