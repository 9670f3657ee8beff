import { expandIpv6 } from '@mcp/tool-base';

const IPV4_MAPPED = /^::ffff:(?<v4>\d+\.\d+\.\d+\.\d+)$/i;

/**
 * The unit in which limits count the clients of the network: an IPv4 address, or the /64 of an IPv6 address, since one
 * IPv6 host may use a whole /64. An IPv4-mapped IPv6 address counts as the IPv4 address.
 *
 * @param address as in `socket.remoteAddress`; undefined when the socket is already closed
 */
export function networkOf(address: string | undefined): string {
  const [bare = ''] = (address ?? '').split('%');
  const v4 = IPV4_MAPPED.exec(bare)?.groups?.['v4'];
  if (v4 !== undefined) return v4;
  const groups = expandIpv6(bare.toLowerCase());
  return groups === undefined
    ? bare
    : `${groups
        .slice(0, 4)
        .map((group) => group.toString(16))
        .join(':')}::/64`;
}
