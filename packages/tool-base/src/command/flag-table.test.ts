import { describe, expect, test } from 'vitest';
import { FlagTable } from './flag-table.ts';

const ping = new FlagTable({
  '-c': { type: 'integer', min: 1, max: 20 },
  '-n': 'none',
  '-I': { type: 'enum', values: ['eth0'] },
  '-o': { type: 'integer', min: -5, max: 5 },
  '+short': 'none',
  '--max-time': { type: 'integer', min: 1, max: 30 },
});

describe('a flag table', () => {
  test('passes listed flags and their values, each with its role', () => {
    expect(ping.check(['-c', '5', '-n', '+short', '-o', '-3'])).toEqual([
      { text: '-c', role: 'flag' },
      { text: '5', role: 'signed' },
      { text: '-n', role: 'flag' },
      { text: '+short', role: 'flag' },
      { text: '-o', role: 'flag' },
      { text: '-3', role: 'signed' },
    ]);
  });

  test.each([
    ['an unknown flag', ['-f']],
    ['a flag with its value attached', ['-c5']],
    ['a flag with = and a value', ['--max-time=5']],
    ['a cluster', ['-nn']],
    ['an abbreviation', ['--max']],
    ['an abbreviated + option', ['+shor']],
    ['another case', ['-N']],
    ['a positional', ['10.0.0.1']],
    ['a positional after a flag', ['-n', '8.8.8.8']],
    ['a missing value', ['-c']],
    ['a flag as a value', ['-c', '-n']],
    ['a repeated flag', ['-n', '-n']],
    ['the end of options', ['--']],
    ['a dash', ['-']],
    ['an empty token', ['']],
    ['a prototype name', ['__proto__']],
    ['another prototype name', ['constructor']],
    ['a file', ['@/etc/passwd']],
  ])('refuses %s', (_, tokens) => {
    expect(() => ping.check(tokens)).toThrow(expect.objectContaining({ type: 'validation_error' }));
  });

  test('names the flag and its rule when a value is wrong, and the flags when one is unknown', () => {
    expect(() => ping.check(['-c', '21'])).toThrow(
      'The value of -c must be a whole number from 1 to 20; it is above 20.',
    );
    expect(() => ping.check(['-x'])).toThrow(
      expect.objectContaining({ suggestion: expect.stringContaining('-c -n -I') }),
    );
  });

  test('says how to write a value that was joined to its flag', () => {
    const suggestion = (token: string): unknown =>
      expect.objectContaining({ suggestion: expect.stringContaining(token) });
    expect(() => ping.check(['--max-time=5'])).toThrow(suggestion('Write --max-time 5, as two arguments.'));
    expect(() => ping.check(['-c3'])).toThrow(suggestion('Write -c 3, as two arguments.'));
    expect(() => ping.check(['--max-time="5"'])).toThrow(suggestion('Write --max-time and its value, as two'));
    expect(() => ping.check(['-n=1'])).toThrow(suggestion('-n takes no value.'));
  });

  test('without flags takes no arguments at all', () => {
    expect(new FlagTable({}).check([])).toEqual([]);
    expect(() => new FlagTable({}).check(['-n'])).toThrow('takes no extra arguments');
  });
});
