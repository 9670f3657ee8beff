import type { RestApiAnswer } from '../../api/answers.ts';
import { byId, element, setPill, setText } from '../../dom/dom.ts';
import { VirtualRows, type RowView } from '../../dom/virtual-rows.ts';
import { conditionTone, lastFailure, restApiSummary } from '../../state/rest-api-list.ts';
import { cell } from '../elements/table-cell.ts';

/** The REST APIs in the order of the configuration. Hidden where there are none. */
export class RestApiTable {
  readonly #section = byId('rest-apis', HTMLElement);
  readonly #summary = byId('rest-apis-summary', HTMLElement);
  readonly #rows: VirtualRows<RestApiAnswer, string>;

  constructor(onOpen: (key: string) => void) {
    this.#rows = new VirtualRows<RestApiAnswer, string>({
      scroller: byId('rest-api-scroll', HTMLElement),
      body: byId('rest-api-rows', HTMLTableSectionElement),
      keyOf: ({ key }) => key,
      create: ({ key }) => restApiRow(key, onOpen),
    });
  }

  update(apis: readonly RestApiAnswer[]): void {
    this.#section.hidden = apis.length === 0;
    setText(this.#summary, restApiSummary(apis));
    this.#rows.update(apis, { keepPosition: true });
  }
}

function restApiRow(key: string, onOpen: (key: string) => void): RowView<RestApiAnswer> {
  const open = element('button', { type: 'button', class: 'link', 'aria-haspopup': 'dialog' }, key);
  open.addEventListener('click', () => onOpen(key));
  const pill = element('span', { class: 'pill' });
  const parts = { offered: element('span'), withheld: element('span'), url: element('span'), failure: element('span') };
  return {
    element: element(
      'tr',
      { role: 'row' },
      cell('tool', 'API', open),
      cell('outcome', 'State', pill),
      cell('took number', 'Offered', parts.offered),
      cell('output number', 'Withheld', parts.withheld),
      cell('caller', 'Base URL', parts.url),
      cell('correlation', 'Last failure', parts.failure),
    ),
    update({ condition, operations, baseUrl, requests }) {
      setPill(pill, conditionTone(condition), condition.status);
      setText(parts.offered, String(operations.offered));
      setText(parts.withheld, String(operations.withheld));
      setText(parts.url, baseUrl);
      setText(parts.failure, lastFailure(requests));
    },
  };
}
