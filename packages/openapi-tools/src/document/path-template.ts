/** The path of an operation, with places for its parameters. */

import type { OperationParameter } from './operation-parameters.ts';
import { withhold } from './withheld.ts';

export interface PathTemplate {
  readonly parts: readonly (string | { readonly name: string })[];
  /** Percent-encoded pairs that are in every request. */
  readonly query: readonly string[];
}

const FIXED = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*$/;
const FIXED_QUERY = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*$/;

const PLACE = /\{([^{}]*)\}/;

/**
 * What a path names and nobody describes is a text, as every path parameter is once it is sent; unless a described one is not in
 * the path, for which it may be misspelt.
 */
export function undescribedNames(key: string, described: readonly string[]): string[] {
  const [path = ''] = key.split(/[?#]/, 1);
  const named = path.split(PLACE).filter((_, index) => index % 2 === 1);
  if (!described.every((name) => named.includes(name))) return [];
  return [...new Set(named)].filter((name) => name !== '' && !described.includes(name));
}

/**
 * Two operations of one method and path have keys that differ behind `?` or `#`, although the specification has no place for that:
 * what is behind `?` is sent, what is behind `#` never is.
 * @throws {WithheldError} for a path that is not a path, or that names a parameter that is not described
 */
export function readPathTemplate(key: string, parameters: readonly OperationParameter[]): PathTemplate {
  const [written = ''] = key.split('#', 1);
  const at = written.includes('?') ? written.indexOf('?') : written.length;
  const [path, query] = [written.slice(0, at), written.slice(at + 1)];
  if (!FIXED_QUERY.test(query))
    return withhold('Its path has a query that is not percent-encoded, or with parameters.');
  const names = new Set(parameters.filter(({ place }) => place === 'path').map(({ name }) => name));
  const parts = path.split(PLACE).map((text, index) => {
    if (index % 2 === 1) {
      return names.has(text) ? { name: text } : withhold(`Its path names {${text}}, which is not a parameter of it.`);
    }
    return FIXED.test(text) ? text : withhold('Its path has characters that a URL must percent-encode.');
  });
  const plain = parts.map((part) => (typeof part === 'string' ? part : 'x')).join('');
  const hasDots = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i.test(plain);
  if (!path.startsWith('/') || hasDots) return withhold('Its path does not begin with /, or has the segments . and ..');
  return { parts, query: query.split('&').filter((pair) => pair !== '') };
}
