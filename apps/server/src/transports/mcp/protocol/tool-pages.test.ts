import type { Tool as McpTool } from '@modelcontextprotocol/server';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { MAX_PAGE_BYTES, ToolPages, type ToolPage } from './tool-pages.ts';

const tool = (name: string, bytes = 100): McpTool => ({
  name,
  description: 'x'.repeat(bytes),
  inputSchema: { type: 'object' },
});

function follow(pages: ToolPages): ToolPage[] {
  const all: ToolPage[] = [];
  let cursor: string | undefined;
  do {
    const page = pages.page(cursor);
    if (!page) throw new Error(`no page after ${cursor}`);
    all.push(page);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return all;
}

const names = (pages: readonly ToolPage[]): string[] => pages.flatMap(({ tools }) => tools.map(({ name }) => name));

describe('an ordinary list', () => {
  const tools = [tool('b'), tool('a')];

  test('is one page, as it is, without a cursor', () => {
    const page = new ToolPages(tools).page(undefined);
    expect(page).toEqual({ tools });
    expect(page?.tools).toBe(tools);
  });

  test('has no page after its last tool', () => {
    expect(new ToolPages(tools).page(Buffer.from('a').toString('base64url'))).toBeUndefined();
  });

  test('may be empty', () => {
    expect(new ToolPages([]).page(undefined)).toEqual({ tools: [] });
  });
});

describe('a large list', () => {
  const tools = Array.from({ length: 30 }, (_, index) => tool(`tool_${30 - index}`, 20_000));

  test('is the same pages in whatever order its tools were registered', () => {
    expect(follow(new ToolPages(tools))).toEqual(follow(new ToolPages(tools.toReversed())));
  });

  test('goes on after the tool that a cursor names when the pages have changed in the meantime', () => {
    const cursor = new ToolPages(tools).page(undefined)?.nextCursor;
    const changed = new ToolPages([...tools, tool('a_new_tool', 50_000)]);
    expect(names([changed.page(cursor) ?? { tools: [] }])[0]).toBe('tool_15');
  });

  test.each(['', 'made-up', 'dG9vbF8', '\u0000', 'dG9vbF8xNQ==', 'x'.repeat(100_000)])(
    'has no page for the cursor %j',
    (cursor) => {
      expect(new ToolPages(tools).page(cursor)).toBeUndefined();
    },
  );

  test('shows a tool that is larger than a page on a page of its own', () => {
    const pages = follow(new ToolPages([tool('a'), tool('b', 2 * MAX_PAGE_BYTES), tool('c')]));
    expect(pages.map((page) => names([page]))).toEqual([['a'], ['b'], ['c']]);
  });
});

test('following the cursors gives every tool once, in pages of at most 128 KiB', () => {
  const named = fc.record({
    name: fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
    bytes: fc.nat(60_000),
  });
  fc.assert(
    fc.property(fc.uniqueArray(named, { selector: ({ name }) => name, maxLength: 40 }), (described) => {
      const tools = described.map(({ name, bytes }) => tool(name, bytes));
      const pages = follow(new ToolPages(tools));
      expect(names(pages).toSorted()).toEqual(tools.map(({ name }) => name).toSorted());
      for (const page of pages) expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThanOrEqual(MAX_PAGE_BYTES);
    }),
    { numRuns: 50 },
  );
});
