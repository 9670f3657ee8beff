import { describe, expect, test } from 'vitest';

import { hostAndOriginLists } from './host-and-origin.ts';

describe('policy', () => {
  test('the allowed hosts are the names of the bound address', () => {
    const hosts = (host: string, port = 8080): string[] => [...hostAndOriginLists({ host, port }).hosts];
    expect(hosts('127.0.0.1')).toEqual(['127.0.0.1:8080', 'localhost:8080']);
    expect(hosts('::1')).toEqual(['[::1]:8080', 'localhost:8080']);
    expect(hosts('0.0.0.0')).toEqual(['127.0.0.1:8080', 'localhost:8080']);
    expect(hosts('192.168.1.5')).toEqual(['192.168.1.5:8080']);
    expect(hosts('fd00::5')).toEqual(['[fd00::5]:8080']);
    expect(hosts('127.0.0.1', 80)).toEqual(['127.0.0.1:80', 'localhost:80', '127.0.0.1', 'localhost']);
  });

  test.each([
    '*',
    '*.example.com',
    'http://example.com',
    'example.com/',
    'a b',
    '',
    'example.com:0',
    'example.com:99999x',
  ])('the allowed host %j, which no client sends, is an error', (host) => {
    expect(() => hostAndOriginLists({ host: '127.0.0.1', port: 1, allowedHosts: [host] })).toThrow(/allowedHosts/);
  });

  test.each([
    '*',
    'null',
    'example.com',
    'http://example.com/',
    'http://example.com:80',
    'HTTP://example.com',
    'http://a b',
    '',
  ])('the allowed origin %j, which no browser sends, is an error', (origin) => {
    expect(() => hostAndOriginLists({ host: '127.0.0.1', port: 1, allowedOrigins: [origin] })).toThrow(
      /allowedOrigins/,
    );
  });

  test('the origin of an application that is not a web page is accepted', () => {
    const origin = 'vscode-webview://0abc';
    expect([...hostAndOriginLists({ host: '::1', port: 1, allowedOrigins: [origin] }).origins]).toEqual([origin]);
  });
});
