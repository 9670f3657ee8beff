import type { VariantField } from '../fields/field.ts';
import { nearest } from './nearest-key.ts';

/** The case of a variant that a word probably means. */
export function caseNamed({ cases, otherNames }: VariantField, word: string): string | undefined {
  const known = Object.hasOwn(otherNames, word) ? otherNames[word] : undefined;
  return known ?? nearest(word, Object.keys(cases));
}
