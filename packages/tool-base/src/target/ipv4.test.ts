import { describe, expect, test } from 'vitest';
import { parseIpv4, parseIpv4Cidr, parsePrefix } from './ipv4.ts';

describe('an IPv4 address', () => {
  test.each([
    ['0.0.0.0', 0],
    ['10.0.0.1', 0x0a00_0001],
    ['192.168.100.200', 0xc0a8_64c8],
    ['255.255.255.255', 0xffff_ffff],
  ])('%s is read as a number', (text, number) => {
    expect(parseIpv4(text)).toBe(number);
  });

  test.each([
    '',
    '.',
    '...',
    '10',
    '10.1',
    '10.0.1',
    '10.0.0.',
    '.10.0.0.1',
    '10..0.1',
    '10.0.0.1.',
    '10.0.0.1.2',
    '010.0.0.1',
    '10.00.0.1',
    '10.0.0.01',
    '256.0.0.1',
    '10.0.0.256',
    '10.0.0.999',
    '0xa.0.0.1',
    '0x0a000001',
    '167772161',
    '10.0.0.1e1',
    '+10.0.0.1',
    '-10.0.0.1',
    '10.0.0.-1',
    ' 10.0.0.1',
    '10.0.0.1 ',
    '10.0.0.1\n',
    '\t10.0.0.1',
    '10.0.0.1/32',
    '10.0.0.1:80',
    '10.0.0.1%0',
    '\uff11\uff10.0.0.1',
    '10\u30020\u30020\u30021',
    '\u0661\u0660.0.0.1',
    '10.0.0.1\u0000',
    '1_0.0.0.1',
    '10,0,0,1',
    '[10.0.0.1]',
  ])('%j is not accepted', (text) => {
    expect(parseIpv4(text)).toBeUndefined();
  });
});

describe('an IPv4 network', () => {
  test('is its first and last address', () => {
    expect(parseIpv4Cidr('10.0.0.4/30')).toEqual({ first: 0x0a00_0004, last: 0x0a00_0007 });
    expect(parseIpv4Cidr('0.0.0.0/0')).toEqual({ first: 0, last: 0xffff_ffff });
    expect(parseIpv4Cidr('10.0.0.1/32')).toEqual({ first: 0x0a00_0001, last: 0x0a00_0001 });
  });

  test.each([
    '10.0.0.0',
    '10.0.0.0/',
    '/8',
    '10.0.0.1/24',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/+8',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0.0/8 ',
    '10.0.0.0/ 8',
    '10/8',
    '10.0.0.0/255.0.0.0',
    '10.0.0.0/1e1',
    '10.0.0.0/\u0668',
    '10.0.0.0-10.0.0.9',
    '010.0.0.0/8',
  ])('%j is not accepted', (text) => {
    expect(parseIpv4Cidr(text)).toBeUndefined();
  });

  test('a prefix is a plain decimal number', () => {
    expect(['0', '32', '128'].map((text) => parsePrefix(text, 128))).toEqual([0, 32, 128]);
    expect(['129', '00', '1.0', '', '1000'].map((text) => parsePrefix(text, 128))).toEqual(Array(5).fill(undefined));
  });
});
