import { byId, element, setAttribute } from '../../dom/dom.ts';
import type { EventLine } from '../../state/event-line.ts';
import { clockTime } from '../../text/format.ts';

/** The events, newest first. Changes are announced to screen readers, single calls are not. */
export class EventList {
  readonly #list = byId('event-lines', HTMLOListElement);
  readonly #log = byId('event-log', HTMLElement);
  readonly #none = byId('no-events', HTMLElement);
  readonly #showCalls = byId('show-calls', HTMLInputElement);
  readonly #items = new WeakMap<EventLine, HTMLLIElement>();

  constructor(onChange: () => void) {
    this.#showCalls.addEventListener('change', onChange);
  }

  update(lines: readonly EventLine[]): void {
    const calls = this.#showCalls.checked;
    setAttribute(this.#log, 'aria-live', calls ? 'off' : 'polite');
    const shown = lines.filter(({ isCall }) => calls || !isCall).map((line) => this.#item(line));
    const keep = new Set<Element>(shown);
    const gone = [...this.#list.children].filter((child) => !keep.has(child));
    for (const child of gone) child.remove();
    // Existing lines are not touched, so that only new ones are announced.
    for (const [place, item] of shown.entries()) {
      if (this.#list.children[place] !== item) this.#list.insertBefore(item, this.#list.children[place] ?? null);
    }
    this.#none.hidden = shown.length > 0;
  }

  #item(line: EventLine): HTMLLIElement {
    const known = this.#items.get(line);
    if (known) return known;
    const { at, topic, tone, text } = line;
    const item = element(
      'li',
      {},
      element('time', { datetime: new Date(at).toISOString(), class: 'muted' }, clockTime(at)),
      element('span', { class: 'pill', 'data-tone': tone }, topic),
      element('span', { class: 'event-text' }, text),
    );
    this.#items.set(line, item);
    return item;
  }
}
