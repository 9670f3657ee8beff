import type { Rejection } from '../../../../foundation/problem-details.ts';
import { guardRequest, type AcceptedRequest, type RequestHead } from '../guard.ts';
import { hostAndOriginLists } from '../host-and-origin.ts';

export const HOST = '127.0.0.1:8787';

const policy = hostAndOriginLists({
  host: '127.0.0.1',
  port: 8787,
  allowedHosts: ['tools.example.com'],
  allowedOrigins: ['http://localhost:6274'],
});

/** Guards a `POST /mcp` with the given changes; Host is allowed unless `headers` has another. */
export function guard(
  head: Partial<Omit<RequestHead, 'headers'>> & { headers?: [string, string][] } = {},
): AcceptedRequest | Rejection {
  const { headers = [], ...rest } = head;
  const all: [string, string][] = headers.some(([name]) => /^host$/i.test(name))
    ? headers
    : [['Host', HOST], ...headers];
  return guardRequest({ method: 'POST', url: '/mcp', rawHeaders: all.flat(), ...rest }, policy);
}

export function statusOf(result: AcceptedRequest | Rejection): number {
  return result.ok ? 200 : result.status;
}
