/** A run of rows that are rendered, or of rows that only take up space. */
export type Segment =
  | { readonly kind: 'rows'; readonly from: number; readonly to: number }
  | { readonly kind: 'space'; readonly rows: number };

export interface Viewport {
  readonly scrollTop: number;
  readonly height: number;
  readonly rowHeight: number;
}

/** Rows rendered above and below those in view, so that the Tab key always finds the next one. */
const OVERSCAN = 4;

/**
 * Which of `count` rows of equal height to render: those in view, and the one at `pinned` wherever it is, since it has the
 * focus. The segments cover all rows in order; `to` is exclusive.
 */
export function rowWindow(count: number, { scrollTop, height, rowHeight }: Viewport, pinned = -1): Segment[] {
  const from = Math.max(0, Math.min(count, Math.floor(scrollTop / rowHeight) - OVERSCAN));
  const to = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + OVERSCAN);
  const segments: Segment[] = [];
  const space = (rows: number): void => void (rows > 0 && segments.push({ kind: 'space', rows }));
  const rows = (first: number, end: number): void =>
    void (end > first && segments.push({ kind: 'rows', from: first, to: end }));
  const before = pinned >= 0 && pinned < from;
  const after = pinned >= to && pinned < count;
  space(before ? pinned : from);
  if (before) {
    rows(pinned, pinned + 1);
    space(from - pinned - 1);
  }
  rows(from, to);
  space((after ? pinned : count) - Math.max(from, to));
  if (after) {
    rows(pinned, pinned + 1);
    space(count - pinned - 1);
  }
  return segments;
}
