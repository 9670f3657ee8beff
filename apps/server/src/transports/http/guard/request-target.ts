import { reject, type Rejection } from '../../../foundation/problem-details.ts';

/** Maximum length of a request target, in characters. The longest route with the longest tool name has 150. */
const MAX_TARGET_LENGTH = 4096;

// No route and no tool name needs percent-encoding, so none is accepted. A path then has one spelling, which a proxy in
// front and this server read alike.
const PATH = /^(?:\/[A-Za-z0-9._~-]+)*\/?$/;
const DOT_SEGMENT = /\/\.{1,2}(?:\/|$)/;
const QUERY = /^[\x21\x22\x24-\x7e]*$/;

export interface RequestTarget {
  readonly ok: true;
  /** Without a slash at the end, except for `/` itself. */
  readonly path: string;
  /** The path with the query, if there is one. */
  readonly target: string;
}

const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)(.*)$/i;

/**
 * Reads `/path` or `/path?query`. The same behind a scheme and the host of the Host header, as clients send that take the
 * server for a proxy, must be accepted too (RFC 9112 section 3.2.2).
 */
export function parseRequestTarget(target: string, host?: string): RequestTarget | Rejection {
  const [, authority, rest = ''] = ABSOLUTE_FORM.exec(target) ?? [];
  const isOwn = authority !== undefined && authority.toLowerCase() === host?.toLowerCase();
  const url = !isOwn ? target : rest.startsWith('/') ? rest : `/${rest}`;
  if (url.length > MAX_TARGET_LENGTH) {
    return reject(414, 'target_too_long', `The request target may be at most ${MAX_TARGET_LENGTH} characters long.`);
  }
  if (!url.startsWith('/')) {
    return reject(
      400,
      'target_form',
      'The request target must be a path that begins with "/", or a URL with the host of the Host header.',
    );
  }
  const queryStart = url.indexOf('?');
  const path = queryStart < 0 ? url : url.slice(0, queryStart);
  const query = queryStart < 0 ? '' : url.slice(queryStart);
  if (!PATH.test(path) || DOT_SEGMENT.test(path)) {
    return reject(
      400,
      'target_path',
      'The path may contain letters, digits and ". _ ~ -" between single slashes. Dot segments, percent-encoding, backslashes and empty segments are not allowed.',
    );
  }
  if (!QUERY.test(query)) {
    return reject(400, 'target_query', 'The query may contain printable ASCII characters only, without "#".');
  }
  if (path === '/' || !path.endsWith('/')) return { ok: true, path, target: url };
  const bare = path.slice(0, -1);
  return { ok: true, path: bare, target: bare + query };
}
