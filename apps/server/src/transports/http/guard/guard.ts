/**
 * Checks the request line and headers of every HTTP request before it is routed, authenticated or read:
 *
 *   header count, duplicates -> Host -> request target -> method -> Origin, Sec-Fetch-Site -> headers of the body
 *
 * Pure functions. The only route they know is the MCP endpoint, which the pages of this server must not call.
 */
import { checkBodyHeaders } from './body-headers.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { isAllowedHost, originVerdict, type HostAndOriginLists } from './host-and-origin.ts';
import { reject, type Rejection } from '../../../problem-details.ts';
import { readSingletonHeaders, type SingletonHeaders } from './request-headers.ts';
import { parseRequestTarget } from './request-target.ts';

/** The part of a request before its body. A Node `IncomingMessage` fits. */
export interface RequestHead {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly rawHeaders: readonly string[];
  readonly socket?: { readonly localAddress?: string | undefined };
}

export interface AcceptedRequest {
  readonly ok: true;
  /** Headers to set on the response, whatever it is: CORS for an allowed origin, else none. */
  readonly responseHeaders: Readonly<Record<string, string>>;
  /** A CORS preflight, to be answered 204 with `responseHeaders` and without authentication. */
  readonly preflight: boolean;
}

const METHODS = ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'];
/** The dashboard has no reason to call this path, so its origin is not allowed there. */
const NO_BROWSER_PATH = '/mcp';

export function guardRequest(request: RequestHead, policy: HostAndOriginLists): AcceptedRequest | Rejection {
  const read = readSingletonHeaders(request.rawHeaders);
  if (!read.ok) return read;
  const { headers } = read;

  const host = headers.get('host');
  if (host === undefined) return reject(400, 'host_missing', 'A request must have exactly one Host header.');
  if (!isAllowedHost(host, policy, request.socket?.localAddress)) {
    return reject(403, 'host_not_allowed', 'The Host header does not name this server.', {
      suggestion: 'Use the URL that the server printed at start, or add the host and port to security.allowedHosts.',
    });
  }

  const target = parseRequestTarget(request.url ?? '');
  if (!target.ok) return target;

  const method = request.method ?? '';
  if (!METHODS.includes(method)) {
    return reject(405, 'method_not_allowed', `The method must be one of ${METHODS.join(', ')}.`, undefined, {
      allow: METHODS.join(', '),
    });
  }
  if (headers.has('upgrade')) {
    return reject(400, 'upgrade_not_supported', 'This server speaks HTTP/1.1 only; an Upgrade is refused.');
  }

  const browser = checkBrowser(headers, host, target.path, policy);
  if (!browser.ok) return browser;

  const body = checkBodyHeaders(method, headers);
  if (body !== undefined) return body;

  const { allowedOrigin } = browser;
  const preflight = method === 'OPTIONS' && allowedOrigin !== undefined && headers.has('access-control-request-method');
  if (method === 'OPTIONS' && !preflight) {
    return reject(
      405,
      'method_not_allowed',
      'OPTIONS is allowed only as a CORS preflight from an allowed origin.',
      undefined,
      {
        allow: 'GET, HEAD, POST, DELETE',
      },
    );
  }
  return {
    ok: true,
    responseHeaders: corsResponseHeaders(allowedOrigin, preflight, headers),
    preflight,
  };
}

function checkBrowser(
  headers: SingletonHeaders,
  host: string,
  path: string,
  policy: HostAndOriginLists,
): { ok: true; allowedOrigin: string | undefined } | Rejection {
  const origin = headers.get('origin');
  const verdict = origin === undefined ? 'absent' : originVerdict(origin, host, policy);
  if (verdict === 'rejected' || (verdict === 'own' && path === NO_BROWSER_PATH)) {
    return reject(403, 'origin_not_allowed', 'Pages of this origin are not allowed to call this server.', {
      suggestion: 'Add the exact origin (scheme, host and port) to security.allowedOrigins if it should.',
    });
  }
  if (verdict === 'allowed') return { ok: true, allowedOrigin: origin };
  // Browsers send Origin with few GET requests, and Sec-Fetch-Site with all.
  const site = headers.get('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'same-site' && site !== 'none') {
    return reject(403, 'cross_site', 'Requests that a page of another site started are not allowed.', {
      suggestion: 'Open the URL directly, or add the origin of the page to security.allowedOrigins.',
    });
  }
  return { ok: true, allowedOrigin: undefined };
}

function corsResponseHeaders(
  allowedOrigin: string | undefined,
  preflight: boolean,
  headers: SingletonHeaders,
): Readonly<Record<string, string>> {
  if (allowedOrigin === undefined) return {};
  return preflight
    ? preflightHeaders(allowedOrigin, headers.get('access-control-request-headers'))
    : corsHeaders(allowedOrigin);
}
