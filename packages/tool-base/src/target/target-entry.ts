/** An entry of an allowed or denied list: `RFC1918`, `loopback`, an address, a network, a host suffix, an exact host. */

import type { AddressRange } from './address-set.ts';
import { parseNetwork } from './address.ts';
import { LOOPBACK_NETWORKS, RFC1918_NETWORKS } from './networks.ts';
import { isHostName } from './host-name.ts';

/** What an entry stands for. Names are in lower case; a suffix keeps its leading dot. */
export interface TargetEntry {
  readonly networks: readonly AddressRange[];
  readonly suffixes: readonly string[];
  readonly hosts: readonly string[];
}

/** The forms of an entry, for messages. */
export const TARGET_ENTRY_FORMS: string =
  'RFC1918, loopback, an address (10.0.0.5), a network in canonical form (10.1.0.0/16), a host suffix (.lab.internal) or a ' +
  'host name (db.lab.internal)';

const KEYWORDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['RFC1918', RFC1918_NETWORKS],
  ['loopback', [...LOOPBACK_NETWORKS, 'localhost']],
]);

/** `rfc1918` would pass as the name of a host; whoever writes that means the keyword. */
const MISSPELT_KEYWORD = /^(?:rfc-?1918|loopback)$/i;

/** The addresses, networks and host names that a keyword stands for; any other entry stands for itself. */
export function expandTargetEntry(entry: string): readonly string[] {
  return KEYWORDS.get(entry) ?? [entry];
}

/** @returns undefined when the text has none of the {@link TARGET_ENTRY_FORMS} */
export function parseTargetEntry(text: string): TargetEntry | undefined {
  const networks: AddressRange[] = [];
  const suffixes: string[] = [];
  const hosts: string[] = [];
  for (const part of expandTargetEntry(text)) {
    const network = parseNetwork(part);
    if (network !== undefined) networks.push(network);
    else if (part.startsWith('.') && isHostName(part.slice(1))) suffixes.push(part.toLowerCase());
    else if (isHostName(part) && !MISSPELT_KEYWORD.test(part)) hosts.push(part.toLowerCase());
    else return undefined;
  }
  return { networks, suffixes, hosts };
}
