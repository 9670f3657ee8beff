/** The rules of a network that reaches its targets alone, for nft. They hold whatever the arguments of a program are. */

import type { AddressRange } from '../target/address-set.ts';
import { formatRange } from '../target/reachable-ranges.ts';

export interface PacketFilter {
  readonly reachable: readonly AddressRange[];
  /** Of the name server inside; absent: no names. */
  readonly nameServer: string | undefined;
  /** Reached by one packet in all, to see how a closed port answers. */
  readonly closedPort: ClosedPort;
}

/** An address of this machine, and a port of it that nothing listens on. */
export interface ClosedPort {
  readonly address: string;
  readonly port: number;
}

/** More than one SYN packet and less than two. */
const ONE_PACKET = 100;

/**
 * What is not reachable is answered at once, so that no program waits for it: connections with a reset, because a blocking `connect`
 * takes an ICMP answer to its first packet for a passing error and waits a second for the next; everything else as prohibited.
 */
export function packetFilterRules({ reachable, nameServer, closedPort }: PacketFilter): string {
  const families = [
    { name: 'ip', type: 'ipv4_addr', ranges: reachable.filter(({ family }) => family === 4) },
    { name: 'ip6', type: 'ipv6_addr', ranges: reachable.filter(({ family }) => family === 6) },
  ].filter(({ ranges }) => ranges.length > 0);
  const toClosedPort = `ip daddr ${closedPort.address} tcp dport ${closedPort.port}`;
  const lines = [
    'table inet targets {',
    ...families.map(
      ({ name, type, ranges }) =>
        `set ${name}_reachable { type ${type}; flags interval; elements = { ${ranges.map(formatRange).join(', ')} }; }`,
    ),
    'chain output {',
    'type filter hook output priority 0; policy drop;',
    'oifname "lo" accept',
    'icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert } accept',
    ...(nameServer === undefined ? [] : [`ip daddr ${nameServer} meta l4proto { tcp, udp } th dport 53 accept`]),
    `${toClosedPort} quota until ${ONE_PACKET} bytes accept`,
    // A reset would look like the answer of the port.
    `${toClosedPort} drop`,
    ...families.map(({ name }) => `${name} daddr @${name}_reachable accept`),
    'meta l4proto tcp reject with tcp reset',
    'reject with icmpx type admin-prohibited',
    '}',
    '}',
  ];
  return `${lines.join('\n')}\n`;
}
