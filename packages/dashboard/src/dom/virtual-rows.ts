import { element, setAttribute } from './dom.ts';
import { rowWindow } from './row-window.ts';

export interface RowView<T> {
  readonly element: HTMLTableRowElement;
  update(item: T): void;
}

export interface VirtualRowsOptions<T, Key> {
  /** The element that scrolls; it contains the table. */
  readonly scroller: HTMLElement;
  /** Every row of it is as high as its custom property `--row-height`. */
  readonly body: HTMLTableSectionElement;
  readonly keyOf: (item: T) => Key;
  readonly create: (item: T) => RowView<T>;
}

/** Rows of a table, of which only those in view exist, so that the others cost nothing. */
export class VirtualRows<T, Key> {
  readonly #options: VirtualRowsOptions<T, Key>;
  readonly #rows = new Map<Key, RowView<T>>();
  readonly #spacers: HTMLTableRowElement[] = [];
  #items: readonly T[] = [];
  #viewport = { scrollTop: 0, height: 0, rowHeight: 1 };
  #isScheduled = false;

  constructor(options: VirtualRowsOptions<T, Key>) {
    this.#options = options;
    const { scroller } = options;
    scroller.addEventListener('scroll', () => this.#scheduleRender(), { passive: true });
    new ResizeObserver(() => this.#scheduleRender()).observe(scroller);
  }

  /** @param options.keepPosition with the list scrolled, items that are added above do not move those in view */
  update(items: readonly T[], { keepPosition = false }: { keepPosition?: boolean } = {}): void {
    const { keyOf, scroller } = this.#options;
    if (keepPosition && this.#viewport.scrollTop > 0) {
      const top = Math.floor(this.#viewport.scrollTop / this.#viewport.rowHeight);
      const anchor = this.#items[top];
      const moved = anchor === undefined ? -1 : items.findIndex((item) => keyOf(item) === keyOf(anchor));
      if (moved > top) scroller.scrollTop += (moved - top) * this.#viewport.rowHeight;
    }
    this.#items = items;
    this.render();
  }

  /** Updates the rows in view, and creates and removes rows where the view has moved. */
  render(): void {
    this.#measure();
    const { body, keyOf } = this.#options;
    const keys = this.#items.map(keyOf);
    const pinned = keys.findIndex((key) => this.#rows.get(key)?.element.contains(document.activeElement));
    const children: HTMLTableRowElement[] = [];
    const kept = new Set<Key>();
    let spacers = 0;
    for (const segment of rowWindow(keys.length, this.#viewport, pinned)) {
      if (segment.kind === 'space') {
        children.push(this.#spacer(spacers++, segment.rows * this.#viewport.rowHeight));
        continue;
      }
      for (const [i, item] of this.#items.slice(segment.from, segment.to).entries()) {
        const key = keyOf(item);
        kept.add(key);
        const row = this.#row(key, item);
        setAttribute(row.element, 'aria-rowindex', String(segment.from + i + 2));
        row.update(item);
        children.push(row.element);
      }
    }
    for (const key of this.#rows.keys()) if (!kept.has(key)) this.#rows.delete(key);
    arrange(body, children);
    setAttribute(body.parentElement ?? body, 'aria-rowcount', String(keys.length + 1));
  }

  /** Calls `visit` for every row that exists. */
  forEachRow(visit: (row: RowView<T>) => void): void {
    for (const row of this.#rows.values()) visit(row);
  }

  #row(key: Key, item: T): RowView<T> {
    let row = this.#rows.get(key);
    if (row === undefined) this.#rows.set(key, (row = this.#options.create(item)));
    return row;
  }

  #spacer(place: number, height: number): HTMLTableRowElement {
    // A row without a cell has no height.
    const row = (this.#spacers[place] ??= element('tr', { class: 'spacer', 'aria-hidden': 'true' }, element('td')));
    row.style.height = `${height}px`;
    return row;
  }

  #measure(): void {
    const { scroller, body } = this.#options;
    const rowHeight = Number.parseFloat(getComputedStyle(body).getPropertyValue('--row-height'));
    this.#viewport = { scrollTop: scroller.scrollTop, height: scroller.clientHeight, rowHeight: rowHeight || 1 };
  }

  #scheduleRender(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => {
      this.#isScheduled = false;
      this.render();
    });
  }
}

/** Rows that are in place already are not moved: moving one would take the focus from it. */
function arrange(body: HTMLTableSectionElement, children: readonly HTMLTableRowElement[]): void {
  const wanted = new Set<Element>(children);
  for (const child of Array.from(body.children)) if (!wanted.has(child)) child.remove();
  for (const [place, child] of children.entries()) {
    if (body.children[place] !== child) body.insertBefore(child, body.children[place] ?? null);
  }
}
