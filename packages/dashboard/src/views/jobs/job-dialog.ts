import type { JobAnswer, JobDetailsAnswer } from '../../api/answers.ts';
import type { OutputName } from '../../api/job-output.ts';
import { byId, element, setAttribute, setText } from '../../dom/dom.ts';
import { isOpenJob, jobTime, jobTone, tailOf } from '../../state/job-list.ts';
import { bytes, clockTime, duration } from '../../text/format.ts';
import { plainText } from '../../text/plain-text.ts';
import { definitionList } from '../elements/definition-list.ts';
import type { ActionResult } from '../elements/message.ts';

export interface FollowedOutput {
  readonly id: string;
  readonly stream: OutputName;
  readonly from: number;
  readonly onText: (text: string) => void;
  readonly onProblem: (text: string) => void;
}

export interface JobDialogHandlers {
  readonly load: (id: string) => Promise<JobDetailsAnswer | undefined>;
  readonly follow: (output: FollowedOutput) => Disposable | undefined;
  readonly cancel: (job: JobAnswer) => Promise<ActionResult>;
}

/** Shown of the output, from the end on. */
const SHOWN_BYTES = 65_536;
const SHOWN_CHARACTERS = 16_000;

/** One job: its state, its output as it comes, and a button that cancels it. */
export class JobDialog {
  readonly #handlers: JobDialogHandlers;
  readonly #dialog = byId('job', HTMLDialogElement);
  readonly #details = byId('job-details', HTMLElement);
  readonly #stream = byId('job-stream', HTMLSelectElement);
  readonly #output = byId('job-output', HTMLElement);
  readonly #note = byId('job-note', HTMLElement);
  readonly #message = byId('job-message', HTMLElement);
  readonly #cancel = byId('job-cancel', HTMLButtonElement);
  #job: JobAnswer | undefined;
  /** Of an ended job: why it has no result, or what its result says. */
  #end = '';
  #text = '';
  #isDrawn = true;
  #following: Disposable | undefined;

  constructor(handlers: JobDialogHandlers) {
    this.#handlers = handlers;
    byId('job-close', HTMLButtonElement).addEventListener('click', () => this.close());
    this.#dialog.addEventListener('close', () => this.#stop());
    this.#stream.addEventListener('change', () => this.#follow());
    this.#cancel.addEventListener('click', () => void this.#cancelJob());
  }

  /** @param job of the key in use, so that it has an id */
  show(job: JobAnswer, serverNow: number): void {
    this.#job = job;
    this.#end = '';
    setText(this.#message, '');
    this.#dialog.showModal();
    this.#follow();
    this.#draw(job, serverNow);
    if (!isOpenJob(job)) void this.#loadEnd(job);
  }

  /** Called at each drawing. */
  update(jobs: readonly JobAnswer[], serverNow: number): void {
    const before = this.#job;
    if (!before) return;
    const job = jobs.find(({ executionId }) => executionId === before.executionId) ?? before;
    this.#job = job;
    if (isOpenJob(before) && !isOpenJob(job)) void this.#loadEnd(job);
    this.#draw(job, serverNow);
  }

  close(): void {
    this.#dialog.close();
  }

  #stop(): void {
    this.#following?.[Symbol.dispose]();
    this.#following = undefined;
    this.#job = undefined;
    this.#text = '';
    this.#output.textContent = '';
  }

  #follow(): void {
    const { executionId: id, output } = this.#job ?? {};
    this.#following?.[Symbol.dispose]();
    this.#text = '';
    this.#isDrawn = false;
    if (typeof id !== 'string' || !output) return;
    const stream = this.#stream.value === 'stderr' ? 'stderr' : 'stdout';
    const from = Math.max(0, output[`${stream}Bytes`] - SHOWN_BYTES);
    setText(this.#note, noteOn(output.removed, from));
    if (output.removed) return;
    const onText = (text: string): void => {
      this.#text = tailOf(this.#text + text, SHOWN_CHARACTERS);
      this.#isDrawn = false;
    };
    const onProblem = (problem: string): void => setText(this.#note, problem || noteOn(false, from));
    this.#following = this.#handlers.follow({ id, stream, from, onText, onProblem });
  }

  #draw(job: JobAnswer, serverNow: number): void {
    const details = jobDetails(job, this.#end, serverNow);
    // What did not change is left alone, so that selections stay.
    if (this.#details.firstElementChild?.isEqualNode(details) !== true) this.#details.replaceChildren(details);
    this.#cancel.hidden = !isOpenJob(job);
    this.#cancel.disabled = job.state === 'cancelling';
    if (this.#isDrawn) return;
    this.#isDrawn = true;
    const { scrollTop, scrollHeight, clientHeight } = this.#output;
    const isAtEnd = scrollTop + clientHeight >= scrollHeight - 4;
    this.#output.textContent = this.#text.split('\n').map(plainText).join('\n');
    if (isAtEnd) this.#output.scrollTop = this.#output.scrollHeight;
  }

  async #loadEnd(job: JobAnswer): Promise<void> {
    const details = await this.#handlers.load(job.executionId ?? '');
    if (this.#job?.executionId === job.executionId) this.#end = details?.error?.message ?? '';
  }

  async #cancelJob(): Promise<void> {
    const job = this.#job;
    if (!job) return;
    this.#cancel.disabled = true;
    const { tone, text } = await this.#handlers.cancel(job);
    if (this.#job?.executionId !== job.executionId) return;
    setAttribute(this.#message, 'data-tone', tone);
    setText(this.#message, text);
  }
}

function jobDetails(job: JobAnswer, end: string, serverNow: number): HTMLElement {
  const time = (iso: string | null): string | undefined => (iso === null ? undefined : clockTime(Date.parse(iso)));
  return definitionList([
    ['State', element('span', { class: 'pill', 'data-tone': jobTone(job.state) }, job.state)],
    ['Message', end || undefined],
    ['Last line', job.message || undefined],
    ['Tool', job.tool],
    ['Caller', job.caller],
    ['Created', time(job.createdAt)],
    ['Started', time(job.startedAt)],
    ['Ended', time(job.endedAt)],
    ['Ran', duration(jobTime(job, serverNow))],
    ['Starts', job.starts > 1 ? String(job.starts) : undefined],
    ['Output', `${bytes(job.output.stdoutBytes)} stdout, ${bytes(job.output.stderrBytes)} stderr`],
    ['Execution id', element('code', {}, job.executionId ?? '')],
  ]);
}

function noteOn(isRemoved: boolean, from: number): string {
  if (isRemoved) return 'The output was removed because newer output needed the space.';
  return from > 0 ? `The first ${bytes(from)} are not shown here: GET /executions/{id}/output has all of it.` : '';
}
