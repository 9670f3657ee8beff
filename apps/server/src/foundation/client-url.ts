/** The URL under which clients on this machine reach a server that is bound to `address`. */
export function clientUrl(address: string, port: number): string {
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[address] ?? address;
  return `http://${inUrl(reachable)}:${port}`;
}

/** A host as the authority of a URL has it: IPv6 addresses in brackets. */
export function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
