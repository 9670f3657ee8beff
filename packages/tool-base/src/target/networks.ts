/** Networks that are no place like any other, as texts. One definition, for target policies and for connections to other servers. */

/** The private networks of RFC 1918. */
export const RFC1918_NETWORKS: readonly string[] = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

/** The networks that reach this machine alone. */
export const LOOPBACK_NETWORKS: readonly string[] = ['127.0.0.0/8', '::1/128'];

/** Reached only from inside a network: RFC 1918, shared by customers of a provider (RFC 6598), unique local (RFC 4193). */
export const PRIVATE_NETWORKS: readonly string[] = [...RFC1918_NETWORKS, '100.64.0.0/10', 'fc00::/7'];

/** No server that is named by a URL has such an address. */
export const RESERVED_NETWORKS: readonly string[] = [
  '0.0.0.0/8', // this host
  '169.254.0.0/16', // link-local, cloud metadata
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
  '::/128', // unspecified
  'fe80::/10', // link-local
  'ff00::/8', // multicast
];

/** Metadata services of clouds at addresses that are not link-local: they give credentials to whoever asks from the machine. */
export const METADATA_NETWORKS: readonly string[] = [
  '100.100.100.200/32',
  '168.63.129.16/32',
  'fd00:ec2::254/128',
  'fd20:ce::254/128',
];

/** IPv6 ranges in which an IPv4 address is translated or tunnelled; `::ffff:a.b.c.d` and `::a.b.c.d` are not among them. */
export const TRANSLATED_NETWORKS: readonly string[] = [
  '::ffff:0:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '2002::/16',
  '2001::/32',
];
