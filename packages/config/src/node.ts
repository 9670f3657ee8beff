import { snakeCase } from './key-names.ts';

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

/** Sets the value at a path of nested objects, making those that are missing. */
export function setAt(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at = target;
  for (const part of path.slice(0, -1)) {
    at[part] ??= {};
    at = at[part] as Record<string, unknown>;
  }
  const last = path.at(-1);
  if (last !== undefined) at[last] = value;
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The value at a path of plain objects. */
export function valueAt(values: unknown, path: readonly string[]): unknown {
  let at = values;
  for (const part of path) at = isPlainObject(at) && Object.hasOwn(at, part) ? at[part] : undefined;
  return at;
}
