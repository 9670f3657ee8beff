import { byId, element, setAttribute, setText } from '../../dom/dom.ts';
import { SORT_KEYS, TOOL_FILTERS, type SortKey, type ToolFilter } from '../../state/tool-list.ts';
import type { ViewOptions } from '../../state/view-options.ts';

const filterLabels: Readonly<Record<ToolFilter, string>> = {
  all: 'All tools',
  problems: 'Problems',
  breakers: 'Breaker not closed',
  errors: 'With errors',
  unavailable: 'Not available',
  disabled: 'Disabled',
};

const sortLabels: Readonly<Record<SortKey, string>> = {
  problems: 'Problems first',
  name: 'Name',
  enabled: 'Disabled first',
  breaker: 'Breaker',
  rate: 'Rate',
  errors: 'Errors',
  p50: 'p50',
  p95: 'p95',
  p99: 'p99',
  running: 'Running',
};

/** Filter and order of the table of tools: a text, two lists to choose from, and the headings of the columns. */
export class ToolListControls {
  readonly #text = byId('tool-filter', HTMLInputElement);
  readonly #show = byId('tool-show', HTMLSelectElement);
  readonly #sort = byId('tool-sort', HTMLSelectElement);
  readonly #count = byId('tool-count', HTMLElement);
  readonly #headings = new Map<SortKey, HTMLTableCellElement>();
  #options: ViewOptions | undefined;

  constructor(onOptions: (options: Partial<ViewOptions>) => void) {
    for (const key of TOOL_FILTERS) this.#show.append(element('option', { value: key }, filterLabels[key]));
    for (const key of SORT_KEYS) this.#sort.append(element('option', { value: key }, sortLabels[key]));
    this.#text.addEventListener('input', () => onOptions({ text: this.#text.value }));
    this.#show.addEventListener('change', () => onOptions({ show: this.#show.value as ToolFilter }));
    this.#sort.addEventListener('change', () => onOptions({ sort: this.#sort.value as SortKey, reversed: false }));
    for (const heading of document.querySelectorAll<HTMLTableCellElement>('th[data-sort]')) {
      const key = heading.dataset['sort'] as SortKey;
      this.#headings.set(key, heading);
      heading.querySelector('button')?.addEventListener('click', () => {
        onOptions({ sort: key, reversed: this.#options?.sort === key && !this.#options.reversed });
      });
    }
  }

  update(options: ViewOptions, shown: number, all: number): void {
    this.#options = options;
    if (this.#text.value !== options.text) this.#text.value = options.text;
    this.#show.value = options.show;
    this.#sort.value = options.sort;
    setText(this.#count, shown === all ? `${all}` : `${shown} of ${all}`);
    for (const [key, heading] of this.#headings) {
      const ascending = (key === 'name') !== options.reversed;
      const order = key !== options.sort ? 'none' : ascending ? 'ascending' : 'descending';
      setAttribute(heading, 'aria-sort', order);
    }
  }
}
