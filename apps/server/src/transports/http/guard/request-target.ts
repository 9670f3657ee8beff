import { reject, type Rejection } from '../../../problem-details.ts';

/** Longest request target accepted, in characters; the longest route with the longest tool name needs 150. */
const MAX_TARGET_LENGTH = 4096;

// No route and no tool name needs an escape, so none is accepted: what is compared with the routes is what was sent,
// and there is no second spelling of a path that a proxy in front and this server could read differently.
const PATH = /^(?:\/[A-Za-z0-9._~-]+)*\/?$/;
const DOT_SEGMENT = /\/\.{1,2}(?:\/|$)/;
const QUERY = /^[\x21\x22\x24-\x7e]*$/;

export interface RequestTarget {
  readonly ok: true;
  readonly path: string;
  /** Without the question mark; '' when there is none. */
  readonly query: string;
}

/** Accepts origin-form only (RFC 9112 section 3.2.1): `/path` or `/path?query`. */
export function parseRequestTarget(url: string): RequestTarget | Rejection {
  if (url.length > MAX_TARGET_LENGTH) {
    return reject(414, 'target_too_long', `The request target may be at most ${MAX_TARGET_LENGTH} characters long.`);
  }
  if (!url.startsWith('/')) {
    return reject(
      400,
      'target_form',
      'The request target must be a path that begins with "/"; an absolute address, an authority or "*" is refused.',
    );
  }
  const question = url.indexOf('?');
  const path = question < 0 ? url : url.slice(0, question);
  const query = question < 0 ? '' : url.slice(question + 1);
  if (!PATH.test(path) || DOT_SEGMENT.test(path)) {
    return reject(
      400,
      'target_path',
      'The path may hold letters, digits and ". _ ~ -" between single slashes; dot segments, escapes, backslashes and empty segments are refused.',
    );
  }
  if (!QUERY.test(query)) {
    return reject(400, 'target_query', 'The query may hold printable ASCII characters only, without "#".');
  }
  return { ok: true, path, query };
}
