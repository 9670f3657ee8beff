import { describe, expect, test } from 'vitest';
import { expandTargetEntry, parseTargetEntry } from './target-entry.ts';
import { allowedEntryProblem, targetEntryProblem } from './target-entry-problem.ts';

describe('an entry of a target list', () => {
  test('stands for networks, suffixes or hosts', () => {
    expect(parseTargetEntry('RFC1918')?.networks).toHaveLength(3);
    expect(parseTargetEntry('loopback')).toMatchObject({ hosts: ['localhost'] });
    expect(parseTargetEntry('.Lab.Internal')).toEqual({ networks: [], suffixes: ['.lab.internal'], hosts: [] });
    expect(parseTargetEntry('DB.lab')).toEqual({ networks: [], suffixes: [], hosts: ['db.lab'] });
  });

  test('a keyword is expanded, anything else stands for itself', () => {
    expect(expandTargetEntry('RFC1918')).toEqual(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']);
    expect(expandTargetEntry('loopback')).toEqual(['127.0.0.0/8', '::1/128', 'localhost']);
    expect(expandTargetEntry('a.b')).toEqual(['a.b']);
  });

  test.each([
    ['10.1.2.3/16', '10.1.0.0/16'],
    ['fd00::1/8', 'fd00::/8'],
    ['FD00::/8', 'fd00::/8'],
    ['fd00:0:0::1', 'fd00::1'],
    ['10.0.0.0/33', '10.1.0.0/16'],
    ['10.0.0.0/8/8', '10.1.0.0/16'],
    ['*.lab.internal', '.lab.internal'],
    ['rfc1918', "'RFC1918'"],
    ['LOOPBACK', "'loopback'"],
    ['', 'empty suffix'],
    ['.', 'empty suffix'],
    ['a_b', 'ASCII letters'],
    ['a.1-2', 'ASCII letters'],
    ['010.0.0.1', 'usual form'],
  ])('%j is refused with a hint: %s', (text, hint) => {
    expect(parseTargetEntry(text)).toBeUndefined();
    expect(targetEntryProblem(text)).toContain(hint);
  });

  test.each(['0.0.0.0/0', '12.0.0.0/7', '::/0', 'fc00::/6', '.com'])('%s is too wide to be allowed', (text) => {
    expect(targetEntryProblem(text)).toBeUndefined();
    expect(allowedEntryProblem(text)).toBeTypeOf('string');
  });

  test.each(['10.0.0.0/8', 'fc00::/7', '.internal', '.lab.example', 'RFC1918', 'loopback', '203.0.113.7', 'db.lab'])(
    '%s may be allowed',
    (text) => {
      expect(allowedEntryProblem(text)).toBeUndefined();
    },
  );
});
