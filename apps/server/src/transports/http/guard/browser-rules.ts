/** Which pages may send a request: decided by Origin and by the fetch metadata that browsers add (Sec-Fetch-*). */
import { reject, type Rejection } from '../../../foundation/problem-details.ts';
import { originVerdict, type HostAndOriginLists } from './host-and-origin.ts';
import type { SingletonHeaders } from './request-headers.ts';

/** The dashboard has no reason to call this path, so the server's own origin is not allowed there. */
const NO_BROWSER_PATH = '/mcp';
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

export interface BrowserRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: SingletonHeaders;
  /** The Host header, already known to be allowed; undefined for a health check without such a one. */
  readonly host: string | undefined;
}

/** @returns the origin to allow in CORS headers, if it is one of `security.allowedOrigins` */
export function checkBrowser(
  { method, path, headers, host }: BrowserRequest,
  lists: HostAndOriginLists,
): { ok: true; allowedOrigin: string | undefined } | Rejection {
  const origin = headers.get('origin');
  const verdict = origin === undefined ? 'absent' : originVerdict(origin, host, lists);
  if (verdict === 'rejected' || (verdict === 'own' && path === NO_BROWSER_PATH)) {
    return reject(403, 'origin_not_allowed', 'Pages of this origin are not allowed to call this server.', {
      suggestion: 'Add the exact origin (scheme, host and port) to security.allowedOrigins if it should.',
    });
  }
  if (verdict === 'allowed') return { ok: true, allowedOrigin: origin };
  if (isCrossSite(headers) && !(isNavigation(method, headers) && path !== NO_BROWSER_PATH)) {
    return reject(403, 'cross_site', 'Requests that a page of another site started are not allowed.', {
      suggestion: 'Open the URL directly, or add the origin of the page to security.allowedOrigins.',
    });
  }
  return { ok: true, allowedOrigin: undefined };
}

/** Browsers send Origin with few GET requests, and Sec-Fetch-Site with all. */
function isCrossSite(headers: SingletonHeaders): boolean {
  const site = headers.get('sec-fetch-site');
  return site !== undefined && site !== 'same-origin' && site !== 'same-site' && site !== 'none';
}

/** A person followed a link: the page of the other site cannot read the response, and a read changes nothing. */
function isNavigation(method: string, headers: SingletonHeaders): boolean {
  return (
    SAFE_METHODS.has(method) &&
    headers.get('sec-fetch-mode') === 'navigate' &&
    headers.get('sec-fetch-dest') === 'document'
  );
}
