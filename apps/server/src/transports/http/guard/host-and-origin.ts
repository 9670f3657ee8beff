import { inUrl } from '../../../foundation/client-url.ts';

/**
 * The allowed `Host` and `Origin` values. Both are compared as whole strings with a list that is built once: parsing with
 * `new URL` would accept `evil@localhost`, `127.1` and `2130706433` as the loopback address.
 */
export interface HostAndOriginOptions {
  /** Address the server is bound to; `server.host`. */
  readonly host: string;
  /** Port the server listens on. */
  readonly port: number;
  /** `security.allowedHosts`: further `Host` values, as `name:port`, or as `name` for every port. */
  readonly allowedHosts?: readonly string[];
  /** `security.allowedOrigins`: origins of other sites whose pages may call this server. @default none */
  readonly allowedOrigins?: readonly string[];
}

export interface HostAndOriginLists {
  readonly hosts: ReadonlySet<string>;
  readonly origins: ReadonlySet<string>;
  /** `security.allowedHosts`: clients may reach these through a TLS proxy, so the server's own origin may be https. */
  readonly namedHosts: ReadonlySet<string>;
  /** Those of `namedHosts` without a port, which are allowed on every port. */
  readonly anyPortHosts: ReadonlySet<string>;
  /** Set when the server is bound to every address: then the address that a connection reached is an allowed host. */
  readonly everyAddressOnPort: number | undefined;
}

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost'];
const DNS_HOST = /^[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?(?::[1-9][0-9]{0,4})?$/;
const IPV6_HOST = /^\[[0-9a-f:]+(?:\.[0-9.]+)?\](?::[1-9][0-9]{0,4})?$/;
/** `socket.localAddress` of an IPv4 connection to a listener of both families. */
const IPV4_ON_IPV6 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;
const PORT = /:[1-9][0-9]{0,4}$/;
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/(?<host>\S+)$/;

/** @throws {Error} that names the entry when an allowed host or origin can never match what a client sends */
export function hostAndOriginLists(options: HostAndOriginOptions): HostAndOriginLists {
  const namedHosts = new Set((options.allowedHosts ?? []).map(checkedHost));
  const origins = new Set((options.allowedOrigins ?? []).map(checkedOrigin));
  return {
    hosts: new Set([...ownHosts(options.host, options.port), ...namedHosts]),
    origins,
    namedHosts,
    anyPortHosts: new Set([...namedHosts].filter((host) => !PORT.test(host))),
    everyAddressOnPort: isEveryAddress(options.host) ? options.port : undefined,
  };
}

function isEveryAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function ownHosts(host: string, port: number): string[] {
  const names = namesOfBind(host.toLowerCase());
  const hosts = names.map((name) => `${name}:${port}`);
  // Clients omit the default port of the scheme.
  return port === 80 ? [...hosts, ...names] : hosts;
}

function namesOfBind(host: string): string[] {
  if (host === 'localhost') return [...LOOPBACK_NAMES, '[::1]'];
  if (host === '127.0.0.1') return LOOPBACK_NAMES;
  if (host === '::1') return ['[::1]', 'localhost'];
  // No client sends a wildcard address. See matchesLocalAddress for addresses, `security.allowedHosts` for names.
  if (host === '0.0.0.0') return LOOPBACK_NAMES;
  if (host === '::') return [...LOOPBACK_NAMES, '[::1]'];
  return [inUrl(host)];
}

function checkedHost(entry: string): string {
  const host = entry.toLowerCase();
  if ((DNS_HOST.test(host) || IPV6_HOST.test(host)) && host.length <= 259) return host;
  throw new Error(
    `security.allowedHosts: ${JSON.stringify(entry)} is not a Host value. Write a name or address, as in "tools.example.com", or with the only port to allow, as in "tools.example.com:8443".`,
  );
}

function checkedOrigin(entry: string): string {
  const host = ORIGIN.exec(entry)?.groups?.['host'];
  const web = entry.startsWith('http://') || entry.startsWith('https://');
  const canonical = web ? URL.canParse(entry) && new URL(entry).origin === entry : true;
  if (host !== undefined && canonical && (DNS_HOST.test(host) || IPV6_HOST.test(host))) return entry;
  throw new Error(
    `security.allowedOrigins: ${JSON.stringify(entry)} is not an origin. Write scheme, host and port as the browser sends them, as in "https://inspector.example.com" or "http://localhost:6274": lower case, no path, no default port, no wildcard.`,
  );
}

/**
 * True when `host` (as received) is an allowed host. The comparison is exact apart from case.
 *
 * @param localAddress `socket.localAddress` of the request
 */
export function isAllowedHost(host: string, lists: HostAndOriginLists, localAddress?: string): boolean {
  // As nearly every client writes it.
  if (lists.hosts.has(host)) return true;
  // 253 characters of name and 6 of port. Only ASCII: toLowerCase maps some other characters to ASCII letters.
  if (!/^[\x21-\x7e]{1,259}$/.test(host)) return false;
  const name = host.toLowerCase();
  return (
    lists.hosts.has(name) ||
    isNamedHost(name, lists) ||
    matchesLocalAddress(name, lists.everyAddressOnPort, localAddress)
  );
}

function isNamedHost(name: string, { namedHosts, anyPortHosts }: HostAndOriginLists): boolean {
  return namedHosts.has(name) || anyPortHosts.has(name.replace(PORT, ''));
}

/**
 * Kubelet probes and Prometheus scrapes send the address they connect to. DNS rebinding gains nothing by this: a page that
 * rebinds its name sends that name.
 */
function matchesLocalAddress(host: string, port: number | undefined, localAddress = ''): boolean {
  if (port === undefined || localAddress === '') return false;
  // Clients do not send the zone of a link-local address (RFC 6874).
  const [unzoned = ''] = localAddress.split('%');
  const address = IPV4_ON_IPV6.exec(unzoned)?.[1] ?? unzoned;
  const literal = inUrl(address);
  return host === `${literal}:${port}` || (port === 80 && host === literal);
}

export type OriginVerdict = 'allowed' | 'own' | 'rejected';

/** @param host an allowed host: the server's own origin is the one with the same host and port. Undefined: there is none */
export function originVerdict(origin: string, host: string | undefined, lists: HostAndOriginLists): OriginVerdict {
  if (lists.origins.has(origin)) return 'allowed';
  if (host === undefined) return 'rejected';
  const own = host.toLowerCase();
  if (origin === `http://${own}`) return 'own';
  if (isNamedHost(own, lists) && origin === `https://${own}`) return 'own';
  return 'rejected';
}
