import type { UpstreamAnswer } from '../../api/answers.ts';
import { byId, element, setPill, setText } from '../../dom/dom.ts';
import { VirtualRows, type RowView } from '../../dom/virtual-rows.ts';
import { upstreamState, upstreamSummary, upstreamTone } from '../../state/upstream-list.ts';
import { cell } from '../elements/table-cell.ts';

/** The upstreams in the order of the configuration. Hidden where there are none. */
export class UpstreamTable {
  readonly #section = byId('upstreams', HTMLElement);
  readonly #summary = byId('upstreams-summary', HTMLElement);
  readonly #rows: VirtualRows<UpstreamAnswer, string>;

  constructor(onOpen: (key: string) => void) {
    this.#rows = new VirtualRows<UpstreamAnswer, string>({
      scroller: byId('upstream-scroll', HTMLElement),
      body: byId('upstream-rows', HTMLTableSectionElement),
      keyOf: ({ key }) => key,
      create: (upstream) => upstreamRow(upstream, onOpen),
    });
  }

  update(upstreams: readonly UpstreamAnswer[]): void {
    this.#section.hidden = upstreams.length === 0;
    setText(this.#summary, upstreamSummary(upstreams));
    this.#rows.update(upstreams, { keepPosition: true });
  }
}

function upstreamRow({ key, address }: UpstreamAnswer, onOpen: (key: string) => void): RowView<UpstreamAnswer> {
  const open = element('button', { type: 'button', class: 'link', 'aria-haspopup': 'dialog' }, key);
  open.addEventListener('click', () => onOpen(key));
  const pill = element('span', { class: 'pill' });
  const [tools, waiting, problem] = [element('span'), element('span'), element('span')];
  const row = element(
    'tr',
    { role: 'row' },
    cell('tool', 'Upstream', open),
    cell('outcome', 'State', pill),
    cell('took number', 'Tools', tools),
    cell('output number', 'Waiting', waiting),
    cell('caller', 'Address', address),
    cell('correlation', 'Problem', problem),
  );
  return {
    element: row,
    update(upstream) {
      setPill(pill, upstreamTone(upstream), upstreamState(upstream));
      setText(tools, String(upstream.tools));
      setText(waiting, String(upstream.pending));
      setText(problem, upstream.problem ?? upstream.trustProblem ?? upstream.listProblem ?? '');
    },
  };
}
