import { expect, test } from 'vitest';
import { parseNetwork } from '../target/address.ts';
import { packetFilterRules } from './packet-filter.ts';

const closedPort = { address: '192.168.0.5', port: 40_000 };

test('what is listed passes, and everything else is answered as prohibited', () => {
  const reachable = ['10.0.0.0/8', '192.168.0.9', 'fd12::/64'].map((text) => parseNetwork(text)!);
  expect(packetFilterRules({ reachable, nameServer: '203.0.113.3', closedPort })).toBe(`table inet targets {
set ip_reachable { type ipv4_addr; flags interval; elements = { 10.0.0.0-10.255.255.255, 192.168.0.9 }; }
set ip6_reachable { type ipv6_addr; flags interval; elements = { fd12::-fd12::ffff:ffff:ffff:ffff }; }
chain output {
type filter hook output priority 0; policy drop;
oifname "lo" accept
icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert } accept
ip daddr 203.0.113.3 meta l4proto { tcp, udp } th dport 53 accept
ip daddr 192.168.0.5 tcp dport 40000 quota until 100 bytes accept
ip daddr 192.168.0.5 tcp dport 40000 drop
ip daddr @ip_reachable accept
ip6 daddr @ip6_reachable accept
meta l4proto tcp reject with tcp reset
reject with icmpx type admin-prohibited
}
}
`);
});

test('without names and targets nothing passes but the one packet of the self-test', () => {
  const rules = packetFilterRules({ reachable: [], nameServer: undefined, closedPort });
  expect(rules).not.toMatch(/53|reachable/);
  expect(rules.match(/accept$/gm)).toHaveLength(3);
});
