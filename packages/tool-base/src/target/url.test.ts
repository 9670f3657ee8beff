import { describe, expect, test } from 'vitest';
import { parseUrl } from './url.ts';

describe('a URL', () => {
  test.each([
    ['http://10.0.0.5', '10.0.0.5', 80],
    ['https://web.lab.internal/', 'web.lab.internal', 443],
    ['http://10.0.0.5:8080/a%20b?x=1&y=@z#frag', '10.0.0.5', 8080],
    ['http://10.0.0.5:65535/', '10.0.0.5', 65_535],
  ])('%s has a host and a port', (text, host, port) => {
    expect(parseUrl(text)).toEqual({ host, port });
  });

  test.each([
    '',
    'http://',
    'http:///',
    '10.0.0.5',
    '//10.0.0.5/',
    'ftp://10.0.0.5/',
    'HTTP://10.0.0.5/',
    'file:///etc/passwd',
    'javascript:1',
    'http:10.0.0.5',
    'http:/10.0.0.5/',
    'http:\\\\10.0.0.5\\',
    'http://10.0.0.5\\@evil.example/',
    'http://a:b@10.0.0.5/',
    'http://@10.0.0.5/',
    'http://10.0.0.5:80@evil.example/',
    'http://10.0.0.5:0/',
    'http://10.0.0.5:080/',
    'http://10.0.0.5:65536/',
    'http://10.0.0.5:99999/',
    'http://10.0.0.5:/',
    'http://10.0.0.5:+80/',
    'http://10.0.0.5:8 0/',
    'http://10.0.0.5?x',
    'http://10.0.0.5#x',
    'http://[::1]/',
    'http://::1/',
    'http://0xa.1/',
    'http://10.1/',
    'http://167772161/',
    'http://010.0.0.5/',
    'http://10.0.0.5./',
    'http://-x.lab.internal/',
    'http://evil.example%2f.lab.internal/',
    'http://\uff11\uff10.0.0.5/',
    'http://\u24e2vc.lab.internal/',
    'http://10.0.0.5/ ',
    ' http://10.0.0.5/',
    'http://10.0.0.5/\n',
    'http://10.0.0.5/\u0000',
    'http://10.0.0.5/ü',
    'http://10.0.0.5/{a,b}',
    'http://10.0.0.5/[1-9]',
    'http://10.0.0.5/<x>',
    'http://10.0.0.5/a\\b',
    'ht\ntp://10.0.0.5/',
    'http://a.lab.internal,b/',
    `http://10.0.0.5/${'a'.repeat(2048)}`,
  ])('%j is refused', (text) => {
    expect(parseUrl(text)).toBeUndefined();
  });
});
