import { snakeCase } from '../fields/key-names.ts';
import { isPlainObject } from '../fields/plain-object.ts';

/** A range of the text that a value was read from; offsets count from 0, the end is exclusive. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** A value as written, before any rule was applied, with the place of every part of it. */
export type Node = ScalarNode | ListNode | MapNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: unknown;
  readonly place?: Place;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly Node[];
  readonly place?: Place;
}

export interface MapNode {
  readonly kind: 'map';
  readonly entries: readonly MapEntry[];
  readonly place?: Place;
}

export interface MapEntry {
  readonly key: string;
  readonly keyPlace?: Place;
  readonly node: Node;
}

/** Nesting beyond this is refused; the deepest useful configuration has about ten levels. */
export const MAX_DEPTH = 32;

/**
 * Turns a plain value (from memory or a flag) into a node without places.
 * @throws {TypeError} for one nested too deep, as it is when it contains itself.
 */
export function nodeOf(value: unknown, depth: number = 0): Node {
  if (depth > MAX_DEPTH)
    throw new TypeError(`values are nested deeper than ${MAX_DEPTH} levels, or contain themselves`);
  if (Array.isArray(value)) return { kind: 'list', items: value.map((item) => nodeOf(item, depth + 1)) };
  if (isPlainObject(value)) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return { kind: 'map', entries: entries.map(([key, item]) => ({ key, node: nodeOf(item, depth + 1) })) };
  }
  return { kind: 'scalar', value };
}

/** The plain value of a node; map keys become own properties, whatever their name. */
export function plainOf(node: Node): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plainOf);
    case 'map':
      return Object.fromEntries(node.entries.map(({ key, node: item }) => [key, plainOf(item)]));
  }
}

/** The place of a path below a node, or of its nearest part that exists. */
export function placeWithin(node: Node, path: readonly string[]): Place | undefined {
  const [first, ...rest] = path;
  if (first === undefined) return node.place;
  if (node.kind === 'list') {
    const item = node.items[Number(first)];
    return item === undefined ? node.place : placeWithin(item, rest);
  }
  if (node.kind !== 'map') return node.place;
  const entry = node.entries.find(({ key }) => key === first || key === snakeCase(first));
  if (entry === undefined) return node.place;
  // A key says more than the first line of the block below it.
  if (rest.length === 0 && entry.node.kind !== 'scalar') return entry.keyPlace ?? entry.node.place;
  return placeWithin(entry.node, rest) ?? entry.keyPlace;
}
