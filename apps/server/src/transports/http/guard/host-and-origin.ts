/**
 * Which `Host` and `Origin` values this server answers to. Both are compared as whole strings with a list made once:
 * the usual helpers parse with `new URL`, which takes `evil@localhost`, `127.1` and `2130706433` for the loopback address.
 */
export interface HostAndOriginOptions {
  /** Address the server is bound to, as in `server.host`. */
  readonly host: string;
  /** Port the server really listens on. */
  readonly port: number;
  /** `security.allowedHosts`: further `Host` values, exactly as clients send them (`name:port`, or `name` on port 80 or 443). */
  readonly allowedHosts?: readonly string[];
  /** `security.allowedOrigins`: origins of other pages that may call this server from a browser. Default none. */
  readonly allowedOrigins?: readonly string[];
}

export interface HostAndOriginLists {
  readonly hosts: ReadonlySet<string>;
  readonly origins: ReadonlySet<string>;
  /** Hosts that the operator named: clients may reach these through a TLS proxy, so their own origin may be https. */
  readonly namedHosts: ReadonlySet<string>;
  /** The port of a server that is bound to every address, which answers to the address that a connection reached. */
  readonly everyAddressOnPort: number | undefined;
}

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost'];
const DNS_HOST = /^[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?(?::[1-9][0-9]{0,4})?$/;
const IPV6_HOST = /^\[[0-9a-f:]+(?:\.[0-9.]+)?\](?::[1-9][0-9]{0,4})?$/;
/** How a connection over IPv4 shows itself on a listener of both families. */
const IPV4_ON_IPV6 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/(?<host>\S+)$/;

/** @throws Error that names the entry when an allowed host or origin can never match what a client sends */
export function hostAndOriginLists(options: HostAndOriginOptions): HostAndOriginLists {
  const namedHosts = new Set((options.allowedHosts ?? []).map(checkedHost));
  const origins = new Set((options.allowedOrigins ?? []).map(checkedOrigin));
  return {
    hosts: new Set([...ownHosts(options.host, options.port), ...namedHosts]),
    origins,
    namedHosts,
    everyAddressOnPort: isEveryAddress(options.host) ? options.port : undefined,
  };
}

function isEveryAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function ownHosts(host: string, port: number): string[] {
  const names = namesOfBind(host.toLowerCase());
  const hosts = names.map((name) => `${name}:${port}`);
  // A client leaves the port out when it is the default of the scheme.
  return port === 80 ? [...hosts, ...names] : hosts;
}

/** Where clients on this machine reach a server that is bound to `address`: a wildcard is no name that they could send. */
export function clientUrl(address: string, port: number): string {
  if (!isEveryAddress(address)) return `http://${inUrl(address)}:${port}`;
  return `http://${inUrl(address === '::' ? '::1' : '127.0.0.1')}:${port}`;
}

function inUrl(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

function namesOfBind(host: string): string[] {
  if (host === 'localhost') return [...LOOPBACK_NAMES, '[::1]'];
  if (host === '127.0.0.1') return LOOPBACK_NAMES;
  if (host === '::1') return ['[::1]', 'localhost'];
  // A wildcard is no name that a client can send; see matchesLocalAddress, and `security.allowedHosts` for names.
  if (host === '0.0.0.0') return LOOPBACK_NAMES;
  if (host === '::') return [...LOOPBACK_NAMES, '[::1]'];
  return [inUrl(host)];
}

function checkedHost(entry: string): string {
  const host = entry.toLowerCase();
  if ((DNS_HOST.test(host) || IPV6_HOST.test(host)) && host.length <= 259) return host;
  throw new Error(
    `security.allowedHosts: ${JSON.stringify(entry)} is not a Host value. Write a name or address with its port, as in "tools.example.com:8443", or without one where clients use port 80 or 443.`,
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
 * True when `host` (as received) is one of the names of this server. Case does not matter; everything else does.
 *
 * @param localAddress the server's end of the connection that the request came on
 */
export function isAllowedHost(host: string, lists: HostAndOriginLists, localAddress?: string): boolean {
  // The longest name with a port is 259 characters; also keeps toLowerCase away from non-ASCII look-alikes.
  if (!/^[\x21-\x7e]{1,259}$/.test(host)) return false;
  const name = host.toLowerCase();
  return lists.hosts.has(name) || matchesLocalAddress(name, lists.everyAddressOnPort, localAddress);
}

/**
 * Probes of a kubelet and scrapes by pod address send the address they connect to. That opens nothing to DNS rebinding: a
 * page that rebinds its own name sends that name, and a page can have an address for its origin only by being served there.
 */
function matchesLocalAddress(host: string, port: number | undefined, localAddress = ''): boolean {
  if (port === undefined || localAddress === '') return false;
  // The zone of a link-local address is this machine's name for an interface; clients leave theirs out (RFC 6874).
  const [unzoned = ''] = localAddress.split('%');
  const address = IPV4_ON_IPV6.exec(unzoned)?.[1] ?? unzoned;
  const literal = inUrl(address);
  return host === `${literal}:${port}` || (port === 80 && host === literal);
}

export type OriginVerdict = 'listed' | 'own' | 'rejected';

/** `host` must have passed {@link isAllowedHost}: a page's own origin is the one with the same host and port. */
export function originVerdict(origin: string, host: string, lists: HostAndOriginLists): OriginVerdict {
  if (lists.origins.has(origin)) return 'listed';
  const own = host.toLowerCase();
  if (origin === `http://${own}`) return 'own';
  if (lists.namedHosts.has(own) && origin === `https://${own}`) return 'own';
  return 'rejected';
}
