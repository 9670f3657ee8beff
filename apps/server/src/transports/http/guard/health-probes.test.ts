/** Load balancers send health checks that differ from other requests: HAProxy's `option httpchk` sends OPTIONS and HTTP/1.0. */
import { describe, expect, test } from 'vitest';

import type { Rejection } from '../../../foundation/problem-details.ts';
import { guardRequest, type AcceptedRequest, type RequestHead } from './guard.ts';
import { hostAndOriginLists } from './host-and-origin.ts';

const policy = hostAndOriginLists({ host: '127.0.0.1', port: 8787 });
const HOST = ['Host', '127.0.0.1:8787'];
const FOREIGN = ['Host', 'rebound.example'];

function probe(head: Partial<RequestHead>): AcceptedRequest | Rejection {
  return guardRequest({ method: 'GET', url: '/health/ready', httpVersion: '1.0', rawHeaders: [], ...head }, policy);
}

describe('a health check', () => {
  test.each(['/health', '/health/live', '/health/ready', '/health/startup'])(
    'of %s needs no Host in HTTP/1.0',
    (url) => {
      expect(probe({ url })).toMatchObject({ ok: true, method: 'GET', target: url });
    },
  );

  test.each([
    ['a target by its address', '10.20.0.7:8787'],
    ['a node of a cluster, without a port', '10.20.0.7'],
    ['an upstream of nginx', 'mcp_servers'],
    ['a service', 'mcp-server.tools.svc.cluster.local:80'],
    ['a published port', 'docker.lab.internal:18787'],
  ])('may name %s', (_, host) => {
    for (const url of ['/health/live', '/health/ready', '/health/startup']) {
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        expect(probe({ method, url, httpVersion: '1.1', rawHeaders: ['Host', host] })).toMatchObject({ ok: true });
      }
    }
  });

  test.each(['1.0', '1.1'])('may be OPTIONS in HTTP/%s', (httpVersion) => {
    expect(probe({ method: 'OPTIONS', httpVersion, rawHeaders: HOST })).toMatchObject({
      ok: true,
      method: 'GET',
      target: '/health/ready',
      preflight: false,
    });
  });

  test('of OPTIONS / and OPTIONS * is a check of liveness', () => {
    for (const url of ['/', '*']) {
      expect(probe({ method: 'OPTIONS', url })).toMatchObject({ ok: true, method: 'GET', target: '/health/live' });
    }
  });
});

describe('no exception is made for', () => {
  test.each<[string, Partial<RequestHead>, number]>([
    ['HTTP/1.1 without Host', { httpVersion: '1.1' }, 400],
    ['other routes without Host', { url: '/metrics' }, 400],
    ['the page without Host', { url: '/' }, 400],
    ['other methods without Host', { method: 'POST' }, 400],
    ['a Host that is not allowed where a key shows more', { url: '/health', rawHeaders: FOREIGN }, 403],
    ['other routes with a Host that is not allowed', { url: '/metrics', rawHeaders: FOREIGN }, 403],
    ['the page with a Host that is not allowed', { url: '/', rawHeaders: FOREIGN }, 403],
    ['other methods with a Host that is not allowed', { method: 'POST', rawHeaders: FOREIGN }, 403],
    ['pages of that host', { rawHeaders: [...FOREIGN, 'Origin', 'http://rebound.example'] }, 403],
    ['two hosts', { rawHeaders: [...FOREIGN, ...FOREIGN] }, 400],
    ['paths that lead elsewhere', { url: '/health/live/../../metrics', rawHeaders: FOREIGN }, 403],
    ['pages of other origins', { rawHeaders: ['Origin', 'http://evil.example'] }, 403],
    ['OPTIONS of other routes', { method: 'OPTIONS', url: '/tools', rawHeaders: HOST }, 405],
    ['preflights', { method: 'OPTIONS', rawHeaders: [...HOST, 'Origin', 'http://evil.example'] }, 403],
    ['a body', { rawHeaders: ['Content-Length', '2'] }, 400],
  ])('%s', (_what, head, status) => {
    expect(probe(head)).toMatchObject({ ok: false, status });
  });
});
