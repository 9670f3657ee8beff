/**
 * Checks the request line and headers of every HTTP request before it is routed, authenticated or read:
 *
 *   header count, duplicates -> request target -> Host -> method -> Origin, fetch metadata -> headers of the body
 *
 * Pure functions.
 */
import { reject, type Rejection } from '../../../foundation/problem-details.ts';
import { checkBodyHeaders } from './body-headers.ts';
import { checkBrowser } from './browser-rules.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { mayNameAnyHost, mayOmitHost, optionsProbeTarget } from './health-probes.ts';
import { isAllowedHost, type HostAndOriginLists } from './host-and-origin.ts';
import { readSingletonHeaders, type MergedHeaders } from './request-headers.ts';
import { parseRequestTarget } from './request-target.ts';

/** The part of a request before its body. A Node `IncomingMessage` fits. */
export interface RequestHead {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly httpVersion?: string | undefined;
  readonly rawHeaders: readonly string[];
  readonly headers?: MergedHeaders;
  readonly socket?: { readonly localAddress?: string | undefined };
}

export interface AcceptedRequest {
  readonly ok: true;
  /** The method to route by. Differs from the request's for health checks with OPTIONS. */
  readonly method: string;
  /** The request target to route by: without a slash at the end of the path. */
  readonly target: string;
  /** Headers to set on the response, whatever it is: CORS for an allowed origin, else none. */
  readonly responseHeaders: Readonly<Record<string, string>>;
  /** A CORS preflight, to be answered 204 with `responseHeaders` and without authentication. */
  readonly preflight: boolean;
}

const METHODS = ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'];
const NO_HEADERS: Readonly<Record<string, string>> = {};

export function guardRequest(request: RequestHead, lists: HostAndOriginLists): AcceptedRequest | Rejection {
  const read = readSingletonHeaders(request.rawHeaders, request.headers);
  if (!read.ok) return read;
  const { headers } = read;
  const method = request.method ?? '';
  const host = headers.get('host');
  // About the server as a whole (RFC 9112 section 3.2.4), as `OPTIONS /` is here.
  const isAsterisk = method === 'OPTIONS' && request.url === '*';
  const target = parseRequestTarget(isAsterisk ? '/' : (request.url ?? ''), host);
  const namesThisServer = host !== undefined && isAllowedHost(host, lists, request.socket?.localAddress);
  if (host === undefined) {
    const withoutHost = target.ok && mayOmitHost(method, target, request.httpVersion);
    if (!withoutHost) return reject(400, 'host_missing', 'A request must have exactly one Host header.');
  } else if (!namesThisServer && !(target.ok && mayNameAnyHost(method, target))) {
    return reject(403, 'host_not_allowed', 'The Host header does not name this server.', {
      suggestion: 'Use the URL that the server printed at start, or add the host to security.allowedHosts.',
    });
  }
  if (!target.ok) return target;
  if (!METHODS.includes(method)) {
    return reject(405, 'method_not_allowed', `The method must be one of ${METHODS.join(', ')}.`, undefined, {
      allow: METHODS.join(', '),
    });
  }
  // A server may ignore other protocols (RFC 9110 section 7.8): Java's HttpClient offers h2c in its first request.
  if (headers.get('upgrade')?.toLowerCase().includes('websocket')) {
    return reject(400, 'upgrade_not_supported', 'This server has no websockets. Use Streamable HTTP at /mcp.');
  }

  const browser = checkBrowser({ method, path: target.path, headers, host: namesThisServer ? host : undefined }, lists);
  if (!browser.ok) return browser;
  const body = checkBodyHeaders(method, headers);
  if (body !== undefined) return body;

  const { allowedOrigin } = browser;
  const accepted = { ok: true, method, target: target.target, preflight: false } as const;
  if (method !== 'OPTIONS') return { ...accepted, responseHeaders: responseHeaders(allowedOrigin) };
  if (allowedOrigin !== undefined && headers.has('access-control-request-method')) {
    const requested = headers.get('access-control-request-headers');
    return { ...accepted, responseHeaders: preflightHeaders(allowedOrigin, requested), preflight: true };
  }
  const probe = optionsProbeTarget(method, target);
  if (probe !== undefined) {
    return { ...accepted, method: 'GET', target: probe, responseHeaders: responseHeaders(allowedOrigin) };
  }
  return reject(
    405,
    'method_not_allowed',
    'OPTIONS is allowed only as a CORS preflight from an allowed origin, and as a health check.',
    undefined,
    { allow: 'GET, HEAD, POST, DELETE' },
  );
}

function responseHeaders(allowedOrigin: string | undefined): Readonly<Record<string, string>> {
  return allowedOrigin === undefined ? NO_HEADERS : corsHeaders(allowedOrigin);
}
