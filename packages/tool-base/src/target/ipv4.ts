/**
 * One spelling of an IPv4 address is accepted: four decimal octets without leading zeros. Programs and libraries read
 * `010.0.0.1`, `10.1` or `167772161` in different ways, so those are refused instead of interpreted.
 */

/** Addresses `first` to `last`, both included, as unsigned 32-bit numbers. */
export interface Ipv4Range {
  readonly first: number;
  readonly last: number;
}

/** The address as an unsigned 32-bit number, or undefined when the text is not in the canonical form. */
export function parseIpv4(text: string): number | undefined {
  if (text.length < 7 || text.length > 15) return undefined;
  let address = 0;
  let octets = 0;
  let octet = -1;
  for (let at = 0; at <= text.length; at += 1) {
    const code = at === text.length ? 46 : text.charCodeAt(at);
    if (code === 46) {
      if (octet < 0) return undefined;
      address = address * 256 + octet;
      octets += 1;
      octet = -1;
    } else {
      if (code < 48 || code > 57 || octet === 0) return undefined;
      octet = octet < 0 ? code - 48 : octet * 10 + code - 48;
      if (octet > 255) return undefined;
    }
  }
  return octets === 4 ? address : undefined;
}

/** The canonical text of an unsigned 32-bit number. */
export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => String((address >>> shift) & 255)).join('.');
}

/** A decimal prefix length without sign or leading zero, 0 to `max`. */
export function parsePrefix(text: string, max: number): number | undefined {
  if (!/^(?:0|[1-9][0-9]{0,2})$/.test(text)) return undefined;
  const prefix = Number(text);
  return prefix <= max ? prefix : undefined;
}

/** The range of `base/prefix`; undefined unless the base is the first address of the network. */
export function parseIpv4Cidr(text: string): Ipv4Range | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const first = parseIpv4(text.slice(0, slash));
  const prefix = parsePrefix(text.slice(slash + 1), 32);
  if (first === undefined || prefix === undefined) return undefined;
  const size = 2 ** (32 - prefix);
  return first % size === 0 ? { first, last: first + size - 1 } : undefined;
}
