/** JSON of a program as data that JavaScript can hold without changing it. */

import { sanitizeJson } from '../result/sanitize-text.ts';

export interface ReadJson {
  readonly data: unknown;
  /** Numbers that are given as text, since a JavaScript number would have other digits. */
  readonly numbersAsText: number;
}

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

const INTEGER = /^-?\d+$/;
/** A number with other digits than JavaScript holds has at least 16 of them, or an exponent. */
const INEXACT = /\d{16}|\d[eE]/;

/**
 * Parses JSON, removes control characters from its strings, and keeps the digits of every integer beyond 2^53: as text, since
 * identifiers are the usual case and a rounded one names something else.
 * @throws {SyntaxError} for text that is not JSON
 * @throws {RangeError} for a value nested too deeply
 */
export function readJson(text: string): ReadJson {
  let numbersAsText = 0;
  // The reviver takes several times as long as reading.
  if (!INEXACT.test(text)) return { data: sanitizeJson(JSON.parse(text)), numbersAsText };
  const keepDigits: Reviver = (_key, value, { source }) => {
    if (typeof value !== 'number' || source === undefined || isExact(value, source)) return value;
    numbersAsText += 1;
    return source;
  };
  const data = sanitizeJson(JSON.parse(text, keepDigits as Parameters<typeof JSON.parse>[1]));
  return { data, numbersAsText };
}

/** Fractions are rounded everywhere; an integer with other digits, or a number that became infinite, is another value. */
function isExact(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false;
  // A power of two may be held exactly and is written with other digits all the same.
  return Number.isSafeInteger(value) || !INTEGER.test(source) || String(value) === source;
}
