import type { CallHistory } from '../state/call-history.ts';
import type { Span } from '../state/call-series.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import { byId, setText } from '../dom/dom.ts';
import { ToolRow, type ToolRowHandlers } from './tool-row.ts';

/** All tools, in the server's order, so that none moves from under the hand that is about to switch it. */
export class ToolTable {
  readonly #rows = new Map<string, ToolRow>();
  readonly #body = byId('tool-rows', HTMLTableSectionElement);
  readonly #none = byId('no-tools', HTMLElement);
  readonly #filter = byId('tool-filter', HTMLInputElement);
  readonly #handlers: ToolRowHandlers;

  constructor(handlers: ToolRowHandlers & { readonly onFilter: () => void }) {
    this.#handlers = handlers;
    this.#filter.addEventListener('input', handlers.onFilter);
  }

  update(state: DashboardState, context: { history: CallHistory; span: Span; serverNow: number; now: number }): void {
    const wanted = this.#filter.value.trim().toLowerCase();
    const all = state.tools ?? [];
    const tools = all.filter(({ name, title = '', description }) =>
      `${name} ${title} ${description}`.toLowerCase().includes(wanted),
    );
    const names = new Set(tools.map(({ name }) => name));
    for (const [name, row] of this.#rows) {
      if (names.has(name)) continue;
      row.element.remove();
      this.#rows.delete(name);
    }
    for (const [place, tool] of tools.entries()) {
      const row = this.#row(tool.name);
      if (this.#body.children[place] !== row.element)
        this.#body.insertBefore(row.element, this.#body.children[place] ?? null);
      row.update(tool, { ...context, selected: state.selected === tool.name });
    }
    this.#none.hidden = tools.length > 0;
    const why =
      all.length === 0
        ? 'This server offers no tools to the key in use.'
        : 'No tool has this in its name or description.';
    setText(this.#none, state.tools === undefined ? 'Loading…' : why);
  }

  restyle(): void {
    for (const row of this.#rows.values()) row.restyle();
  }

  clear(): void {
    for (const row of this.#rows.values()) row.element.remove();
    this.#rows.clear();
    this.#filter.value = '';
  }

  #row(name: string): ToolRow {
    let row = this.#rows.get(name);
    if (row === undefined) this.#rows.set(name, (row = new ToolRow(name, this.#handlers)));
    return row;
  }
}
