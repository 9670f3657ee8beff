/** The address of an API: one origin and a base path. Credentials and requests go to this origin only. */

import { isHostName, isIpv4Address, isIpv6Address, isLoopbackHost } from '@mcp/tool-base';

export interface ApiAddress {
  /** `https://billing.internal:8443`, without a trailing slash. */
  readonly origin: string;
  /** The host name or address, IPv6 without brackets. */
  readonly host: string;
  /** Begins with `/`, or is empty; never ends with `/`. */
  readonly basePath: string;
  readonly secure: boolean;
}

const SHAPE = /^(https?):\/\/(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.-]+)(?::([1-9][0-9]{0,4}))?(\/.*)?$/;
/** Unreserved and reserved characters of RFC 3986 that a path may hold, and percent-encodings. */
const PATH = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*$/;
const DOT_SEGMENT = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i;
const MAX_PORT = 65_535;

/** Reads the address of an API. @returns what is wrong with it, as a text to follow its name, when it cannot be used */
export function readApiAddress(text: string): ApiAddress | string {
  const match = SHAPE.exec(text);
  if (match === null) return 'must be a full http or https URL, without user name, query and fragment';
  const [, scheme = '', written = '', port, path = ''] = match;
  if (/[?#]/.test(path)) return 'must not have a query or fragment';
  if (!PATH.test(path)) return 'has characters in its path that a URL must percent-encode';
  if (DOT_SEGMENT.test(path)) return 'must not have the path segments . and ..';
  const host = written.replace(/^\[|\]$/g, '').toLowerCase();
  if (!isHostName(host) && !isIpv4Address(host) && !isIpv6Address(host)) return 'must name a host or an address';
  if (port !== undefined && Number(port) > MAX_PORT) return 'has a port above 65535';
  const authority = host.includes(':') ? `[${host}]` : host;
  const origin = `${scheme}://${authority}${port === undefined ? '' : `:${port}`}`;
  return { origin, host, basePath: path.replace(/\/+$/, ''), secure: scheme === 'https' };
}

export interface EgressRules {
  /** Whether the host may have a private or loopback address. @default false */
  readonly private?: boolean | undefined;
  /** Whether `http` is allowed to a host that is not this machine. @default false */
  readonly plaintext?: boolean | undefined;
  /** Targets that are refused whatever else is allowed, in the forms of a target policy. @default [] */
  readonly denied?: readonly string[] | undefined;
}

/** What keeps requests from being sent to this address at all, as a text to follow its name. */
export function egressProblem({ host, secure }: ApiAddress, rules: EgressRules): string | undefined {
  if (!secure && rules.plaintext !== true && !isLoopbackHost(host)) {
    return 'is http, which is not encrypted: use https, or set plaintext to true';
  }
  if (rules.private !== true && isLoopbackHost(host)) {
    return 'is on this machine: set private to true if that is meant';
  }
  return undefined;
}
