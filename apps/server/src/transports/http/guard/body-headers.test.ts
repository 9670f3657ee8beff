import { describe, expect, test } from 'vitest';

import { guard, statusOf } from './test-support/guard.ts';

describe('body headers', () => {
  const post = (...headers: [string, string][]): number => statusOf(guard({ headers }));

  test.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'application/json;',
    'application/json; ; charset=utf-8',
  ])('%s is accepted', (type) => {
    expect(post(['content-type', type], ['content-length', '2'])).toBe(200);
  });

  test.each([
    '',
    'text/plain',
    'application/jsonp',
    'application/json-patch+json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=application/json',
    'text/plain; application/json',
    'application/json, text/plain',
    'application/json; charset=utf-16',
    'application/json; charset=utf-8; charset=utf-7',
    'application/json; boundary=x',
    'application/json x',
  ])('the type %j is rejected, with and without a body', (type) => {
    expect(post(['content-type', type], ['content-length', '2'])).toBe(415);
    expect(post(['content-type', type])).toBe(415);
  });

  test('the type is required only with a body', () => {
    expect(post(['content-length', '2'])).toBe(415);
    expect(post(['transfer-encoding', 'chunked'])).toBe(415);
    expect(post(['content-length', '0'])).toBe(200);
    expect(post()).toBe(200);
  });

  test.each(['identity', 'Identity'])('the Content-Encoding %j, which is none, is accepted', (encoding) => {
    expect(post(['content-type', 'application/json'], ['content-encoding', encoding])).toBe(200);
  });

  test.each(['gzip', 'br', 'identity, gzip', ''])('the Content-Encoding %j is rejected', (encoding) => {
    expect(post(['content-type', 'application/json'], ['content-encoding', encoding])).toBe(415);
  });

  test('a Content-Length above the limit is rejected before the body is read, and the connection closed', () => {
    const headers: [string, string][] = [
      ['content-type', 'application/json'],
      ['content-length', '262145'],
    ];
    expect(guard({ headers })).toMatchObject({ status: 413, headers: { connection: 'close' } });
    expect(post(['content-type', 'application/json'], ['content-length', '262144'])).toBe(200);
  });

  test.each(['-1', '+1', '1e3', '0x10', '1, 1', '', '9'.repeat(16)])('the Content-Length %j is rejected', (length) => {
    expect(post(['content-type', 'application/json'], ['content-length', length])).toBe(400);
  });

  test('two length headers, and codings other than chunked, are rejected', () => {
    const json: [string, string] = ['content-type', 'application/json'];
    expect(post(json, ['content-length', '2'], ['transfer-encoding', 'chunked'])).toBe(400);
    expect(post(json, ['transfer-encoding', 'gzip, chunked'])).toBe(400);
  });

  test.each(['GET', 'HEAD', 'DELETE'])('a body on %s is rejected', (method) => {
    expect(statusOf(guard({ method, headers: [['content-length', '2']] }))).toBe(400);
  });
});
