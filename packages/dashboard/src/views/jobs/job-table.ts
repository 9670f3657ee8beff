import type { JobAnswer } from '../../api/answers.ts';
import { byId, element, setPill, setText } from '../../dom/dom.ts';
import { VirtualRows, type RowView } from '../../dom/virtual-rows.ts';
import { jobSummary, jobTime, jobTone } from '../../state/job-list.ts';
import type { ViewOptions } from '../../state/view-options.ts';
import { bytes, clockTime, duration } from '../../text/format.ts';
import { cell } from '../elements/table-cell.ts';

interface ShownJob {
  readonly job: JobAnswer;
  readonly serverNow: number;
}

/** The open jobs and the last ended ones, newest first; of the selected tool when there is one. Hidden where there are none. */
export class JobTable {
  readonly #section = byId('jobs', HTMLElement);
  readonly #summary = byId('jobs-summary', HTMLElement);
  readonly #rows: VirtualRows<ShownJob, string>;

  constructor(onOpen: (job: JobAnswer) => void) {
    this.#rows = new VirtualRows<ShownJob, string>({
      scroller: byId('job-scroll', HTMLElement),
      body: byId('job-rows', HTMLTableSectionElement),
      // Jobs of others have no id here.
      keyOf: ({ job }) => job.executionId ?? `${job.caller} ${job.tool} ${job.createdAt}`,
      create: ({ job }) => jobRow(job, onOpen),
    });
  }

  update(jobs: readonly JobAnswer[], { tool }: ViewOptions, serverNow: number): void {
    this.#section.hidden = jobs.length === 0;
    const shown = jobs.filter((job) => tool === undefined || job.tool === tool);
    setText(this.#summary, jobSummary(shown));
    this.#rows.update(
      shown.map((job) => ({ job, serverNow })),
      { keepPosition: true },
    );
  }
}

function jobRow(first: JobAnswer, onOpen: (job: JobAnswer) => void): RowView<ShownJob> {
  let current = first;
  const created = Date.parse(first.createdAt);
  const time = element('time', { datetime: first.createdAt }, clockTime(created));
  const open = element(
    'button',
    {
      type: 'button',
      class: 'link',
      'aria-haspopup': 'dialog',
      'aria-label': `${clockTime(created)}: details of the job of ${first.tool}`,
    },
    time.cloneNode(true),
  );
  open.addEventListener('click', () => onOpen(current));
  const pill = element('span', { class: 'pill' });
  const [message, took, output] = [element('span'), element('span'), element('span')];
  const row = element(
    'tr',
    { role: 'row' },
    cell('ended', 'Created', first.executionId === null ? time : open),
    cell('tool', 'Tool', first.tool),
    cell('outcome', 'State', pill),
    cell('took number', 'Took', took),
    cell('output number', 'Output', output),
    cell('caller', 'Caller', first.caller),
    cell('correlation', 'Last line', message),
  );
  return {
    element: row,
    update({ job, serverNow }) {
      current = job;
      setPill(pill, jobTone(job.state), job.state);
      setText(message, job.message);
      setText(took, duration(jobTime(job, serverNow)));
      setText(output, bytes(job.output.stdoutBytes + job.output.stderrBytes));
    },
  };
}
