/**
 * The whole list of an upstream, or an error: half a list would make tools disappear that are still there. A list that leads back to
 * one of its own pages has no more of them.
 */
import { isDeepStrictEqual } from 'node:util';

import type { ListPage } from '../connection/list-page.ts';

const MAX_PAGES = 64;
const MAX_ITEMS = 2000;
const MAX_LIST_BYTES = 8_388_608;
/** How long the reading of a list may take. */
export const LIST_TIMEOUT_MS = 30_000;

export interface RawList {
  readonly items: readonly unknown[];
  readonly ttlMs: number | undefined;
  /** What is wrong with a list that is read all the same. */
  readonly problem?: ListError;
}

/** Its message is for the operator. */
export class ListError extends Error {
  override readonly name = 'ListError';
}

/**
 * @param onBytes called for each page, of a list that is an error as well
 * @throws {ListError} for a list that does not end or is too large, and whatever `page` throws
 */
export async function readList(
  what: string,
  page: (cursor: string | undefined) => Promise<ListPage>,
  onBytes: (bytes: number) => void = () => {},
): Promise<RawList> {
  const items: unknown[] = [];
  const seen = new Set<string>();
  let cursor: string | undefined;
  let ttlMs: number | undefined;
  let bytes = 0;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const { items: more, nextCursor, ttlMs: ttl } = await page(cursor);
    if (more === undefined) throw new ListError(`The upstream answered without a list of ${what}.`);
    const isTooLong = items.length + more.length > MAX_ITEMS;
    const size = isTooLong ? MAX_LIST_BYTES : sizeOf(more);
    bytes += size;
    onBytes(size);
    if (isTooLong) throw new ListError(`The upstream lists more than ${MAX_ITEMS} ${what}.`);
    if (bytes > MAX_LIST_BYTES)
      throw new ListError(`The list of ${what} of the upstream is larger than ${MAX_LIST_BYTES} bytes.`);
    for (const item of more) items.push(item);
    if (ttl !== undefined) ttlMs = Math.min(ttl, ttlMs ?? Infinity);
    // An empty cursor is one as well.
    if (nextCursor === undefined) return { items, ttlMs };
    if (nextCursor === '' && isSameAsBefore(items, more)) return { items: items.slice(0, -more.length), ttlMs };
    if (seen.has(nextCursor)) {
      const problem = new ListError(`The list of ${what} of the upstream repeats a page and does not end.`);
      // A server that ignores cursors sends one page again and again.
      return { items: isSameAsBefore(items, more) ? items.slice(0, -more.length) : items, ttlMs, problem };
    }
    seen.add(nextCursor);
    cursor = nextCursor;
  }
  throw new ListError(`The list of ${what} of the upstream has more than ${MAX_PAGES} pages.`);
}

/** Some servers send an empty cursor with their last page, and the same page again when they get it. */
function isSameAsBefore(items: readonly unknown[], page: readonly unknown[]): boolean {
  return page.length > 0 && isDeepStrictEqual(items.slice(-2 * page.length, -page.length), page);
}

/** Bytes of texts and, roughly, of all else, up to a little more than a list may have. With a stack of its own: a value may be nested as deeply as a message is long. */
function sizeOf(root: unknown): number {
  let bytes = 0;
  const stack: unknown[] = [root];
  while (stack.length > 0 && bytes <= MAX_LIST_BYTES) {
    const value = stack.pop();
    bytes += typeof value === 'string' ? Buffer.byteLength(value) + 2 : 4;
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      bytes += value.length * 4;
      if (bytes <= MAX_LIST_BYTES) for (const member of value) stack.push(member);
      continue;
    }
    for (const [name, member] of Object.entries(value)) {
      bytes += name.length + 4;
      stack.push(member);
    }
  }
  return bytes;
}
