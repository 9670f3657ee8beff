/** The whole list of an upstream, or an error: half a list would make tools disappear that are still there. */
import type { ListPage } from '../connection/connection.ts';

const MAX_PAGES = 64;
const MAX_TOOLS = 2000;
const MAX_LIST_BYTES = 8_388_608;
/** How long the reading of a list may take. */
export const LIST_TIMEOUT_MS = 30_000;

export interface RawList {
  readonly tools: readonly unknown[];
  readonly ttlMs: number | undefined;
}

/** Its message is for the operator. */
export class ListError extends Error {
  override readonly name = 'ListError';
}

/** @throws {ListError} for a list that does not end or is too large, and whatever `page` throws */
export async function readList(page: (cursor: string | undefined) => Promise<ListPage>): Promise<RawList> {
  const tools: unknown[] = [];
  const seen = new Set<string>();
  let cursor: string | undefined;
  let ttlMs: number | undefined;
  let bytes = 0;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const { tools: more, nextCursor, ttlMs: ttl } = await page(cursor);
    tools.push(...more);
    bytes += Buffer.byteLength(JSON.stringify(more));
    if (tools.length > MAX_TOOLS) throw new ListError(`The upstream lists more than ${MAX_TOOLS} tools.`);
    if (bytes > MAX_LIST_BYTES) throw new ListError(`The list of the upstream is larger than ${MAX_LIST_BYTES} bytes.`);
    if (ttl !== undefined) ttlMs = Math.min(ttl, ttlMs ?? Infinity);
    // An empty cursor is one as well.
    if (nextCursor === undefined) return { tools, ttlMs };
    if (seen.has(nextCursor)) throw new ListError('The list of the upstream repeats a page and does not end.');
    seen.add(nextCursor);
    cursor = nextCursor;
  }
  throw new ListError(`The list of the upstream has more than ${MAX_PAGES} pages.`);
}
