/** The parameter styles of OpenAPI, as RFC 6570 writes them. */

import { isObject } from '../document/json-pointer.ts';
import { percentEncode } from '../request/path-value.ts';

export type Style = 'simple' | 'label' | 'matrix' | 'form' | 'spaceDelimited' | 'pipeDelimited' | 'deepObject';

export interface StyleOptions {
  readonly style: Style;
  readonly explode: boolean;
  /** @default percent-encoding of everything but unreserved characters */
  readonly encode?: (text: string) => string;
}

/** `name=value` pairs, percent-encoded. */
export type Pair = readonly [name: string, value: string];

/** A scalar as text; what is nested where a style has no place for it is written as JSON. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

type Member = readonly [key: string, text: string];

function itemsOf(value: readonly unknown[]): string[] {
  return value.filter((item) => item !== null && item !== undefined).map(textOf);
}

function membersOf(value: object): Member[] {
  return Object.entries(value)
    .filter(([, member]) => member !== null && member !== undefined)
    .map(([key, member]) => [key, textOf(member)]);
}

/** `simple`, `label` and `matrix`: the text in a path, or with `simple` in a header. */
export function serializeText(name: string, value: unknown, options: StyleOptions): string {
  const { style, explode, encode = percentEncode } = options;
  const prefix = style === 'label' ? '.' : style === 'matrix' ? ';' : '';
  const separator = explode && style !== 'simple' ? prefix : ',';
  const named = (text: string): string =>
    style === 'matrix' ? `${encode(name)}${text === '' ? '' : `=${text}`}` : text;
  if (Array.isArray(value)) {
    const items = itemsOf(value).map(encode);
    if (items.length === 0 && style === 'matrix') return '';
    return style === 'matrix' && explode
      ? items.map((item) => `;${named(item)}`).join('')
      : `${prefix}${named(items.join(separator))}`;
  }
  if (typeof value === 'object' && value !== null) {
    const members = membersOf(value).map(([key, text]) => [encode(key), encode(text)] as const);
    if (members.length === 0 && style === 'matrix') return '';
    return explode
      ? `${prefix}${members.map(([key, text]) => `${key}=${text}`).join(separator)}`
      : `${prefix}${named(members.flat().join(','))}`;
  }
  return `${prefix}${named(encode(textOf(value)))}`;
}

/** `form`, `spaceDelimited`, `pipeDelimited` and `deepObject`: pairs of a query, a cookie or a form. */
export function serializePairs(name: string, value: unknown, options: StyleOptions): Pair[] {
  const { style, explode, encode = percentEncode } = options;
  const key = percentEncode(name);
  if (style === 'deepObject' && (isObject(value) || (explode && Array.isArray(value))))
    return deepPairs(key, value, encode);
  if (Array.isArray(value)) {
    const items = itemsOf(value).map(encode);
    if (explode) return items.map((item) => [key, item]);
    return [[key, items.join(delimiterOf(style))]];
  }
  if (typeof value === 'object' && value !== null) {
    const members = membersOf(value).map(([member, text]) => [percentEncode(member), encode(text)] as const);
    return explode ? members : [[key, members.flat().join(delimiterOf(style))]];
  }
  return [[key, encode(textOf(value))]];
}

function delimiterOf(style: Style): string {
  if (style === 'spaceDelimited') return '%20';
  return style === 'pipeDelimited' ? '|' : ',';
}

/**
 * `a[b][c]=d` with encoded brackets. OpenAPI leaves open what is nested and what an array is. Servers that read brackets read `a[]=d`
 * as an item of an array, and need a number where the item has members itself.
 */
function deepPairs(name: string, value: unknown, encode: (text: string) => string): Pair[] {
  if (value === null || value === undefined) return [];
  const inside = (key: string, member: unknown): Pair[] => deepPairs(`${name}%5B${key}%5D`, member, encode);
  if (Array.isArray(value)) {
    const items = value.filter((item) => item !== null && item !== undefined) as unknown[];
    const isNested = items.some((item) => typeof item === 'object');
    return items.flatMap((item, index) => inside(isNested ? String(index) : '', item));
  }
  if (!isObject(value)) return [[name, encode(textOf(value))]];
  return Object.entries(value).flatMap(([key, member]) => inside(percentEncode(key), member));
}

/** Reserved characters stay, except those that would begin a fragment or another parameter. */
export function encodeAllowingReserved(text: string): string {
  return percentEncode(text).replaceAll(/%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/g, (encoded) =>
    String.fromCharCode(Number.parseInt(encoded.slice(1), 16)),
  );
}
