import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { rowWindow, type Segment } from './row-window.ts';

const rendered = (segments: readonly Segment[]): number[] =>
  segments.flatMap((each) =>
    each.kind === 'rows' ? Array.from({ length: each.to - each.from }, (_, i) => each.from + i) : [],
  );

test('renders the rows in view and four on either side', () => {
  expect(rowWindow(200, { scrollTop: 1000, height: 200, rowHeight: 50 })).toEqual([
    { kind: 'space', rows: 16 },
    { kind: 'rows', from: 16, to: 28 },
    { kind: 'space', rows: 172 },
  ]);
});

test('renders all rows of a short list', () => {
  expect(rowWindow(3, { scrollTop: 0, height: 500, rowHeight: 50 })).toEqual([{ kind: 'rows', from: 0, to: 3 }]);
  expect(rowWindow(0, { scrollTop: 0, height: 500, rowHeight: 50 })).toEqual([]);
});

test('the segments cover every row once, in order, and contain the pinned one and those in view', () => {
  const input = fc.record({
    count: fc.nat(300),
    scrollTop: fc.nat(20_000),
    height: fc.nat(900),
    rowHeight: fc.integer({ min: 20, max: 100 }),
    pinned: fc.integer({ min: -1, max: 300 }),
  });
  fc.assert(
    fc.property(input, ({ count, pinned, ...viewport }) => {
      const segments = rowWindow(count, viewport, pinned);
      let row = 0;
      for (const segment of segments) {
        expect(segment.kind === 'rows' ? segment.from : row).toBe(row);
        row += segment.kind === 'rows' ? segment.to - segment.from : segment.rows;
      }
      expect(row).toBe(count);
      const rows = rendered(segments);
      const top = Math.floor(viewport.scrollTop / viewport.rowHeight);
      const required = [pinned, top].filter((row) => row >= 0 && row < count);
      expect(rows).toEqual(expect.arrayContaining(required));
      expect(rows.length).toBeLessThanOrEqual(viewport.height / viewport.rowHeight + 11);
    }),
  );
});
