import { reject, type Rejection } from '../../../foundation/problem-details.ts';

/** Headers that must not be repeated: a proxy and this server might use different ones of two. */
const SINGLETONS = new Set([
  'host',
  'origin',
  'authorization',
  'content-type',
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'sec-fetch-site',
  'sec-fetch-mode',
  'sec-fetch-dest',
  'access-control-request-method',
  'access-control-request-headers',
  'last-event-id',
  'mcp-protocol-version',
  'mcp-session-id',
  'mcp-method',
  'mcp-name',
  'traceparent',
]);

/** Requests with more header lines are rejected. Node itself would drop the additional ones silently. */
export const MAX_HEADER_COUNT = 100;

export type SingletonHeaders = Pick<ReadonlyMap<string, string>, 'get' | 'has'>;

/** By lower-case name, as Node merges them: some repeated headers are joined, of others the first is kept. */
export type MergedHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Reads the singleton headers from the raw list, in which Node has merged and dropped nothing. All other headers, such as
 * the forwarding headers of proxies, are ignored.
 *
 * @param rawHeaders names and values alternating, as in `IncomingMessage.rawHeaders`
 * @param merged the same as `IncomingMessage.headers`. Where it has as many names as there are lines, none is repeated, and nothing
 * is read twice
 */
export function readSingletonHeaders(
  rawHeaders: readonly string[],
  merged?: MergedHeaders,
): { ok: true; headers: SingletonHeaders } | Rejection {
  if (rawHeaders.length / 2 > MAX_HEADER_COUNT) {
    return reject(431, 'too_many_headers', `A request may have at most ${MAX_HEADER_COUNT} headers.`);
  }
  if (merged !== undefined && countNames(merged) * 2 === rawHeaders.length) {
    return { ok: true, headers: new UnrepeatedHeaders(merged) };
  }
  const headers = new Map<string, string>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase();
    // A list header, which may be repeated (RFC 9110 section 7.8).
    if (name === 'upgrade') headers.set(name, `${headers.get(name) ?? ''},${rawHeaders[i + 1] ?? ''}`);
    if (!SINGLETONS.has(name)) continue;
    if (headers.has(name)) {
      return reject(400, 'duplicate_header', `The header "${name}" must not be repeated.`);
    }
    headers.set(name, rawHeaders[i + 1] ?? '');
  }
  return { ok: true, headers };
}

function countNames(headers: MergedHeaders): number {
  let names = 0;
  for (const _ in headers) names++;
  return names;
}

class UnrepeatedHeaders implements SingletonHeaders {
  readonly #merged: MergedHeaders;

  constructor(merged: MergedHeaders) {
    this.#merged = merged;
  }

  get(name: string): string | undefined {
    // The names asked for are those of this file; none of them is a member of every object.
    const value = this.#merged[name];
    return typeof value === 'string' ? value : undefined;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }
}
