import { element } from '../../dom/dom.ts';

/** @param label the column's heading, shown beside the content where the table is too narrow for columns */
export function cell(column: string, label: string, ...content: (Node | string)[]): HTMLTableCellElement {
  return element('td', { role: 'cell', 'data-label': label, class: `col-${column}` }, ...content);
}
