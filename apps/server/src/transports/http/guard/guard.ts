/**
 * What every HTTP request passes before it is routed, authenticated or read:
 *
 *   header count, duplicates -> Host is ours -> target form -> method -> Origin, Sec-Fetch-Site -> headers of the body
 *
 * Pure functions over the request line and the raw headers; nothing here depends on the route except that the pages this
 * server serves itself have no business at the MCP endpoint.
 */
import { checkBodyHeaders } from './body-headers.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { isAllowedHost, originVerdict, type HostAndOriginLists } from './host-and-origin.ts';
import { reject, type Rejection } from '../../../problem-details.ts';
import { readSingletonHeaders, type SingletonHeaders } from './request-headers.ts';
import { parseRequestTarget } from './request-target.ts';

/** The part of a request that exists before its body. A node `IncomingMessage` fits. */
export interface RequestHead {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly rawHeaders: readonly string[];
  readonly socket?: { readonly localAddress?: string | undefined };
}

export interface AcceptedRequest {
  readonly ok: true;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** The headers that decide something, by lower-case name, each present at most once. */
  readonly headers: SingletonHeaders;
  /** To be put on the answer, whatever it is: CORS for a listed origin, else nothing. */
  readonly responseHeaders: Readonly<Record<string, string>>;
  /** A CORS preflight: answer 204 with `responseHeaders` and no body, without asking who is calling. */
  readonly preflight: boolean;
}

const METHODS = ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'];
const NO_BROWSER_PATH = '/mcp';

export function guardRequest(request: RequestHead, policy: HostAndOriginLists): AcceptedRequest | Rejection {
  const read = readSingletonHeaders(request.rawHeaders);
  if (!read.ok) return read;
  const { headers } = read;

  const host = headers.get('host');
  if (host === undefined) return reject(400, 'host_missing', 'A request must have exactly one Host header.');
  if (!isAllowedHost(host, policy, request.socket?.localAddress)) {
    return reject(403, 'host_not_allowed', 'The Host header does not name this server.', {
      suggestion: 'Use the address the server printed at start, or add the host and port to security.allowedHosts.',
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

  const { listedOrigin } = browser;
  const preflight = method === 'OPTIONS' && listedOrigin !== undefined && headers.has('access-control-request-method');
  if (method === 'OPTIONS' && !preflight) {
    return reject(
      405,
      'method_not_allowed',
      'OPTIONS is answered only as a CORS preflight from a listed origin.',
      undefined,
      {
        allow: 'GET, HEAD, POST, DELETE',
      },
    );
  }
  return {
    ok: true,
    method,
    path: target.path,
    query: target.query,
    headers,
    responseHeaders: answerHeaders(listedOrigin, preflight, headers),
    preflight,
  };
}

function checkBrowser(
  headers: SingletonHeaders,
  host: string,
  path: string,
  policy: HostAndOriginLists,
): { ok: true; listedOrigin: string | undefined } | Rejection {
  const origin = headers.get('origin');
  const verdict = origin === undefined ? 'absent' : originVerdict(origin, host, policy);
  if (verdict === 'rejected' || (verdict === 'own' && path === NO_BROWSER_PATH)) {
    return reject(403, 'origin_not_allowed', 'Pages of this origin may not call this server.', {
      suggestion: 'Add the exact origin (scheme, host and port) to security.allowedOrigins if it should.',
    });
  }
  if (verdict === 'listed') return { ok: true, listedOrigin: origin };
  // The browser's own word on who started the request covers GET requests, which may come without an Origin.
  const site = headers.get('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'same-site' && site !== 'none') {
    return reject(403, 'cross_site', 'A request that a page of another site started is refused.', {
      suggestion: 'Open the address directly, or add the origin of the page to security.allowedOrigins.',
    });
  }
  return { ok: true, listedOrigin: undefined };
}

function answerHeaders(
  listedOrigin: string | undefined,
  preflight: boolean,
  headers: SingletonHeaders,
): Readonly<Record<string, string>> {
  if (listedOrigin === undefined) return {};
  return preflight
    ? preflightHeaders(listedOrigin, headers.get('access-control-request-headers'))
    : corsHeaders(listedOrigin);
}
