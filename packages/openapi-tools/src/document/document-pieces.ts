/**
 * A document in pieces that are small enough to be taken from another thread one after another: taking all of it at once would keep
 * the event loop busy for as long as reading it does.
 */

import { DocumentError } from './document-error.ts';

/** Members of the object or the list that `at` leads to; what a member stands for is whole, or an empty one that later pieces fill. */
export interface DocumentPiece {
  readonly at: readonly (string | number)[];
  readonly members: readonly (readonly [key: string | number, value: unknown])[];
}

/** Values in one piece; reading it takes a few milliseconds. */
const MAX_PIECE = 5000;
/** As deep as a document may be; what goes through it calls itself. */
const MAX_DEPTH = 1000;

type Container = Record<string, unknown> | unknown[];

/** @throws {DocumentError} for a document that is nested deeper than 1000 levels */
export function* piecesOf(document: unknown): Generator<DocumentPiece> {
  const sizes = new Map<object, number>();
  sizeOf(document, sizes, 0);
  yield* membersOf([], { document }, sizes);
}

function* membersOf(
  at: DocumentPiece['at'],
  container: object,
  sizes: ReadonlyMap<object, number>,
): Generator<DocumentPiece> {
  let members: DocumentPiece['members'][number][] = [];
  let size = 0;
  const large: [string | number, object][] = [];
  for (const [name, value] of Object.entries(container)) {
    const key = Array.isArray(container) ? Number(name) : name;
    const own = isContainer(value) ? (sizes.get(value) ?? 1) : 1;
    const isLarge = own > MAX_PIECE && isContainer(value);
    if (isLarge) large.push([key, value]);
    members.push([key, isLarge ? (Array.isArray(value) ? [] : {}) : value]);
    size += isLarge ? 1 : own;
    if (size < MAX_PIECE) continue;
    yield { at, members };
    [members, size] = [[], 0];
  }
  if (members.length > 0) yield { at, members };
  for (const [key, value] of large) yield* membersOf([...at, key], value, sizes);
}

function sizeOf(value: unknown, sizes: Map<object, number>, depth: number): number {
  if (!isContainer(value)) return 1;
  const known = sizes.get(value);
  if (known !== undefined) return known;
  if (depth >= MAX_DEPTH) throw new DocumentError(`The document is nested deeper than ${MAX_DEPTH} levels.`);
  let size = 1;
  for (const member of Object.values(value)) size += sizeOf(member, sizes, depth + 1);
  sizes.set(value, size);
  return size;
}

/** Puts pieces together, in the order in which {@link piecesOf} made them. */
export class DocumentAssembly {
  readonly #root: Container = {};

  add({ at, members }: DocumentPiece): void {
    const container = at.reduce<Container>((inside, key) => (inside as Record<string, Container>)[key]!, this.#root);
    for (const [key, value] of members) {
      // Assigning it would set the prototype.
      if (key === '__proto__')
        Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true });
      else (container as Record<string, unknown>)[key] = value;
    }
  }

  get document(): unknown {
    return (this.#root as Record<string, unknown>)['document'];
  }
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}
