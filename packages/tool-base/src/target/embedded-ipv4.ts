/** The IPv4 addresses that an IPv6 address leads to, where a gateway, a tunnel or the system itself translates it. */
import { formatIpv4 } from './ipv4.ts';
import { expandIpv6 } from './ipv6.ts';

const DOTTED_TAIL = /^(.*:)(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/** @returns what it may stand for, several where a form does not say which; none where the text is no such address */
export function embeddedIpv4(text: string): readonly string[] {
  const g = expandIpv6(withoutDots(text.toLowerCase()));
  if (g === undefined) return [];
  const [g0 = 0, g1 = 0, g2 = 0, g3 = 0, g4 = 0, g5 = 0, g6 = 0, g7 = 0] = g;
  const last = ipv4(g6, g7);
  if (g.slice(0, 5).every((group) => group === 0)) {
    // ::ffff:a.b.c.d, and ::a.b.c.d of RFC 4291; `::` and `::1` are neither.
    return g5 === 0xffff || (g5 === 0 && (g6 > 0 || g7 > 1)) ? [last] : [];
  }
  // ::ffff:0:a.b.c.d of RFC 2765
  if (g.slice(0, 4).every((group) => group === 0) && g4 === 0xffff && g5 === 0) return [last];
  // NAT64 of RFC 6052
  if (g0 === 0x64 && g1 === 0xff9b && g.slice(2, 6).every((group) => group === 0)) return [last];
  if (g0 === 0x64 && g1 === 0xff9b && g2 === 1) {
    // NAT64 of a site, RFC 8215: after a prefix of 96, 48, 56 or 64 bits, with a zero byte after bit 64.
    return [
      last,
      ipv4(g3, ((g4 & 0xff) << 8) | (g5 >> 8)),
      ipv4(((g3 & 0xff) << 8) | (g4 & 0xff), g5),
      ipv4(((g4 & 0xff) << 8) | (g5 >> 8), ((g5 & 0xff) << 8) | (g6 >> 8)),
    ];
  }
  // 6to4 of RFC 3056
  if (g0 === 0x2002) return [ipv4(g1, g2)];
  // Teredo of RFC 4380: the server, and the client with its bits inverted.
  if (g0 === 0x2001 && g1 === 0) return [ipv4(g2, g3), ipv4(g6 ^ 0xffff, g7 ^ 0xffff)];
  // ISATAP of RFC 5214, after any prefix
  return (g4 & 0xfdff) === 0 && g5 === 0x5efe ? [last] : [];
}

function ipv4(high: number, low: number): string {
  return formatIpv4(high * 65_536 + low);
}

/** Resolvers write some of them with the last four bytes as in IPv4. */
function withoutDots(text: string): string {
  return text.replace(DOTTED_TAIL, (_, head: string, ...bytes: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(0, 4).map(Number);
    return `${head}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
}
