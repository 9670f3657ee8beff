/** Names of arguments. Models refuse a tool whose arguments have other characters than these, and with it every tool of the list. */

import { toolName } from './operation-name.ts';

const MAX_LENGTH = 64;
const NUMBER_LENGTH = 4;
const PLAIN = /^[A-Za-z0-9_.-]{1,64}$/;

/** A name for each that every client takes, in the same order. A plain name stays as it is, whatever names come before it. */
export function argumentNames(wanted: readonly string[]): string[] {
  const taken = new Set<string>();
  const plain = wanted.map((name) => {
    if (!PLAIN.test(name) || taken.has(name)) return undefined;
    taken.add(name);
    return name;
  });
  return wanted.map((name, index) => {
    const own = plain[index];
    if (own !== undefined) return own;
    const base = toolName(name, MAX_LENGTH - NUMBER_LENGTH) || 'argument';
    let numbered = base;
    for (let number = 2; taken.has(numbered); number += 1) numbered = `${base}_${number}`;
    taken.add(numbered);
    return numbered;
  });
}
