import { describe, expect, test } from 'vitest';
import { isHostName } from './host-name.ts';

describe('a host name', () => {
  test.each([
    'a',
    'web-01.lab.internal',
    'HOST.LAB',
    '1.example',
    'a.b1',
    'xn--bcher-kva.example',
    `${'a'.repeat(63)}.b`,
  ])('%s is one', (text) => {
    expect(isHostName(text)).toBe(true);
  });

  test.each([
    '',
    '.',
    'a.',
    '.a',
    'a..b',
    '-a.b',
    'a-.b',
    'a_b.c',
    'a b',
    'a.b ',
    ' a.b',
    'a\n',
    'a.b\n',
    'a/b',
    'a\\b',
    'a@b',
    'a:80',
    'a#b',
    'a?b',
    'a%41',
    '*.b',
    'a,b',
    '`id`.b',
    '$(id).b',
    '--help.b',
    '+short.b',
    '@a.b',
    '10.1',
    '1.2.3.4',
    '127.1',
    '0x7f.1',
    'a.0x7f',
    'a.0x',
    '1234567',
    'ü.b',
    'ſvc.b',
    'a\u3002b',
    'a\u200bb',
    'a\u0000',
    `${'a'.repeat(64)}.b`,
    'a.'.repeat(127),
    'a.'.repeat(126) + 'bb',
  ])('%j is not accepted', (text) => {
    expect(isHostName(text)).toBe(false);
  });

  test('a long hostile name is refused; in more than linear time this would never end', () => {
    expect(isHostName(`${'a-'.repeat(2_000_000)}!`)).toBe(false);
    expect(isHostName(`${'a'.repeat(250)}-`)).toBe(false);
  });
});
