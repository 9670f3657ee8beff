import { element } from '../../dom/dom.ts';

/** Names and values in two columns. Entries without a value are left out. */
export function definitionList(entries: readonly (readonly [name: string, value: Node | string | undefined])[]) {
  const list = element('dl', { class: 'definitions' });
  for (const [name, value] of entries) {
    if (value !== undefined && value !== '') list.append(element('dt', {}, name), element('dd', {}, value));
  }
  return list;
}
