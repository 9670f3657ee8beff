/** The entries of an allowed or denied list: `RFC1918`, `loopback`, an address, a CIDR, a host suffix, an exact host. */

import type { AddressRange } from './address-set.ts';
import { isHostName } from './host-name.ts';
import { parseIpv4, parseIpv4Cidr } from './ipv4.ts';
import { parseIpv6, parseIpv6Cidr } from './ipv6.ts';

export interface PolicyEntries {
  readonly ranges: readonly AddressRange[];
  /** Lower case, with the leading dot. */
  readonly suffixes: readonly string[];
  /** Lower case. */
  readonly hosts: ReadonlySet<string>;
}

const KEYWORDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['RFC1918', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']],
  ['loopback', ['127.0.0.0/8', '::1/128', 'localhost']],
]);

const MISWRITTEN = /^(?:rfc-?1918|loopback)$/i;

/** Reads one address or network; undefined when the text is neither, or not canonical. */
export function parseRange(text: string): AddressRange | undefined {
  const v4 = parseIpv4(text);
  if (v4 !== undefined) return { family: 4, first: v4, last: v4 };
  const net4 = parseIpv4Cidr(text);
  if (net4 !== undefined) return { family: 4, ...net4 };
  const v6 = parseIpv6(text);
  if (v6 !== undefined) return { family: 6, first: v6, last: v6 };
  const net6 = parseIpv6Cidr(text);
  return net6 === undefined ? undefined : { family: 6, ...net6 };
}

/** @throws {TypeError} naming the first entry that is not one of the five forms */
export function parseEntries(list: string, entries: readonly string[]): PolicyEntries {
  const ranges: AddressRange[] = [];
  const suffixes: string[] = [];
  const hosts = new Set<string>();
  for (const entry of entries.flatMap((entry) => KEYWORDS.get(entry) ?? [entry])) {
    const range = typeof entry === 'string' ? parseRange(entry) : undefined;
    // `rfc1918` would pass as the name of a host; whoever writes that means the keyword.
    const isMiswritten = MISWRITTEN.test(entry);
    if (range !== undefined) ranges.push(range);
    else if (typeof entry === 'string' && entry.startsWith('.') && isHostName(entry.slice(1)))
      suffixes.push(entry.toLowerCase());
    else if (typeof entry === 'string' && isHostName(entry) && !isMiswritten) hosts.add(entry.toLowerCase());
    else {
      throw new TypeError(
        `${list} target ${JSON.stringify(entry)} is not understood: use RFC1918, loopback, an address (10.0.0.5), ` +
          'a network in canonical form (10.1.0.0/16), a host suffix (.lab.internal) or a host name (db.lab.internal).',
      );
    }
  }
  return { ranges, suffixes, hosts };
}

/** Suffixes are compared on whole labels: `.lab.internal` matches `a.lab.internal`, not `lab.internal` or `xlab.internal`. */
export function listsHost(entries: PolicyEntries, host: string): boolean {
  const name = host.toLowerCase();
  return entries.hosts.has(name) || entries.suffixes.some((suffix) => name.endsWith(suffix));
}
