import { byId, setAttribute, setText } from '../../dom/dom.ts';
import { VirtualRows } from '../../dom/virtual-rows.ts';
import type { CallHistory } from '../../state/call-history.ts';
import type { DashboardState } from '../../state/dashboard-state.ts';
import type { Span } from '../../state/series-points.ts';
import { listTools, type ListedTool, type ListOptions } from '../../state/tool-list.ts';
import type { ViewOptions } from '../../state/view-options.ts';
import { ToolRow, type RowContext, type ToolRowHandlers } from './tool-row.ts';
import { ToolListControls } from './tool-list-controls.ts';

const MINUTE_MS = 60_000;
/** On both sides of a cell together. */
const CELL_PADDING_PX = 16;

export interface ToolTableContext {
  readonly history: CallHistory;
  readonly span: Span;
  readonly serverNow: number;
  /** On the monotonic clock. */
  readonly now: number;
}

/** The tools that match the filter, in the chosen order. */
export class ToolTable {
  readonly #body = byId('tool-rows', HTMLTableSectionElement);
  readonly #empty = byId('no-tools', HTMLElement);
  readonly #sparkHeading = byId('spark-heading', HTMLTableCellElement);
  readonly #controls: ToolListControls;
  readonly #rows: VirtualRows<ListedTool, string>;
  #context: RowContext = { selected: undefined, now: 0, pointsOf: () => emptyPoints, sparkWidth: 0 };
  #shown: readonly string[] = [];
  #options: ListOptions | undefined;
  #hovered = false;

  constructor(handlers: ToolRowHandlers & { readonly onOptions: (options: Partial<ViewOptions>) => void }) {
    this.#controls = new ToolListControls(handlers.onOptions);
    this.#rows = new VirtualRows({
      scroller: byId('tool-scroll', HTMLElement),
      body: this.#body,
      keyOf: ({ tool }) => tool.name,
      create: ({ tool }) => new ToolRow(tool.name, handlers, () => this.#context),
    });
    this.#body.addEventListener('pointerenter', () => (this.#hovered = true));
    this.#body.addEventListener('pointerleave', () => (this.#hovered = false));
  }

  update({ tools, options }: DashboardState, { history, span, serverNow, now }: ToolTableContext): void {
    this.#context = {
      selected: options.tool,
      now,
      pointsOf: (tool) => history.series(tool).points(span, serverNow, history.knownSince),
      sparkWidth: Math.max(0, this.#sparkHeading.clientWidth - CELL_PADDING_PX),
    };
    const all = (tools ?? []).map((tool): ListedTool => {
      const series = history.series(tool.name);
      return {
        tool,
        minute: series.counts(serverNow, MINUTE_MS),
        fiveMinutes: series.counts(serverNow, 5 * MINUTE_MS),
      };
    });
    const listed = this.#inOrder(all, options);
    this.#shown = listed.map(({ tool }) => tool.name);
    this.#rows.update(listed);
    this.#controls.update(options, listed.length, all.length);
    this.#empty.hidden = listed.length > 0;
    const why = all.length === 0 ? 'This server offers no tools to the key in use.' : 'No tool matches the filter.';
    setText(this.#empty, tools === undefined ? 'Loading…' : why);
    setAttribute(byId('tool-scroll', HTMLElement), 'aria-busy', String(tools === undefined));
  }

  restyle(): void {
    this.#rows.forEachRow((row) => (row as ToolRow).restyle());
  }

  /** The order is kept while the pointer or the focus is on a row, so that none moves away from a click. */
  #inOrder(all: readonly ListedTool[], options: ViewOptions): readonly ListedTool[] {
    const { text, show, sort, reversed } = options;
    const before = this.#options;
    this.#options = { text, show, sort, reversed };
    const same = before?.text === text && before.show === show && before.sort === sort && before.reversed === reversed;
    const inUse = this.#hovered || this.#body.contains(document.activeElement);
    if (!same || !inUse) return listTools(all, options);
    const byName = new Map(all.map((each) => [each.tool.name, each]));
    return this.#shown.flatMap((name) => byName.get(name) ?? []);
  }
}

const emptyPoints = { at: [], calls: [], failed: [], rejected: [], p50: [], p95: [], p99: [] };
