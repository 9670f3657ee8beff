/** The entries of one list, put together for quick look-ups. */

import type { AddressRange } from './address-set.ts';
import { parseTargetEntry, TARGET_ENTRY_FORMS } from './target-entry.ts';

export interface PolicyEntries {
  readonly ranges: readonly AddressRange[];
  /** Lower case, with the leading dot. */
  readonly suffixes: readonly string[];
  /** Lower case. */
  readonly hosts: ReadonlySet<string>;
}

/** @throws {TypeError} naming the first entry that has none of the forms */
export function parseEntries(list: string, entries: readonly string[]): PolicyEntries {
  const parsed = entries.map((entry) => {
    const result = typeof entry === 'string' ? parseTargetEntry(entry) : undefined;
    if (result !== undefined) return result;
    throw new TypeError(`${list} target ${JSON.stringify(entry)} is not understood: use ${TARGET_ENTRY_FORMS}.`);
  });
  return {
    ranges: parsed.flatMap(({ networks }) => networks),
    suffixes: parsed.flatMap(({ suffixes }) => suffixes),
    hosts: new Set(parsed.flatMap(({ hosts }) => hosts)),
  };
}

/** Suffixes are compared on whole labels: `.lab.internal` matches `a.lab.internal`, not `lab.internal` or `xlab.internal`. */
export function listsHost(entries: PolicyEntries, host: string): boolean {
  const name = host.toLowerCase();
  return entries.hosts.has(name) || entries.suffixes.some((suffix) => name.endsWith(suffix));
}
