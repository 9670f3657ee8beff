/** Why an entry of an allowed or denied list is refused, in words that say how to correct it. */

import { formatIpv6, readIpv6 } from './ipv6.ts';
import { formatIpv4, parseIpv4, parsePrefix } from './ipv4.ts';
import { parseTargetEntry } from './target-entry.ts';

/** Top-level domains that nobody can register; only these make sense as a suffix of one label. */
const PRIVATE_SUFFIXES: ReadonlySet<string> = new Set([
  'internal',
  'local',
  'lan',
  'home',
  'corp',
  'private',
  'test',
  'intranet',
]);

/** The shortest prefixes of an allowed network: 10.0.0.0/8 and fc00::/7 are the widest private ones. */
const MIN_PREFIX = { 4: 8, 6: 7 } as const;

/** What is wrong with the form of an entry, as part of a sentence; undefined when nothing is. */
export function targetEntryProblem(text: string): string | undefined {
  if (parseTargetEntry(text) !== undefined) return undefined;
  if (text.includes('/')) return networkProblem(text);
  if (text === '' || text === '.') return 'an empty suffix would allow every host; name the domain';
  if (text.includes('*'))
    return 'wildcards are not supported; a leading dot stands for every host below: .lab.internal';
  if (/^rfc-?1918$/i.test(text)) return "did you mean 'RFC1918'?";
  if (/^loopback$/i.test(text)) return "did you mean 'loopback'?";
  const v6 = readIpv6(text.toLowerCase());
  if (v6 !== undefined) return `write it in its short form: ${formatIpv6(v6)}`;
  return 'write an address in its usual form, or a host name in ASCII letters, digits, hyphens and dots';
}

/** {@link targetEntryProblem}, and for an allowed entry also that it is not so wide that it allows the internet. */
export function allowedEntryProblem(text: string): string | undefined {
  return targetEntryProblem(text) ?? widthProblem(text);
}

/** How to write a text with a slash that is no network in canonical form. */
export function networkProblem(text: string): string {
  const [address = '', prefixText = '', ...rest] = text.split('/');
  const v4 = parseIpv4(address);
  const v6 = readIpv6(address.toLowerCase());
  const prefix = parsePrefix(prefixText, v4 === undefined ? 128 : 32);
  if (rest.length > 0 || prefix === undefined || (v4 === undefined && v6 === undefined)) {
    return 'write a network as an address and a prefix length, as in 10.1.0.0/16';
  }
  const base = v4 === undefined ? baseOf(v6!, 128 - prefix) : baseOf(BigInt(v4), 32 - prefix);
  const canonical = v4 === undefined ? formatIpv6(base) : formatIpv4(Number(base));
  return `the network that holds it is ${canonical}/${prefix}`;
}

function baseOf(address: bigint, hostBits: number): bigint {
  return (address >> BigInt(hostBits)) << BigInt(hostBits);
}

function widthProblem(text: string): string | undefined {
  if (text.startsWith('.') && !text.slice(1).includes('.') && !PRIVATE_SUFFIXES.has(text.slice(1).toLowerCase())) {
    return `${text} would allow a whole top-level domain; name the domain below it`;
  }
  const [address, prefix] = text.split('/');
  if (address === undefined || prefix === undefined) return undefined;
  const min = MIN_PREFIX[parseIpv4(address) === undefined ? 6 : 4];
  return Number(prefix) < min ? `a network wider than /${min} is refused; list the networks you mean` : undefined;
}
