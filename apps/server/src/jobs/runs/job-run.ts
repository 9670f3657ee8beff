/** One run of a job: its output goes to the store as it comes, its last line into the record, its end is written once. */
import {
  ToolError,
  type CallLog,
  type OutputStream,
  type Progress,
  type ReadHint,
  type RunAllowance,
  type ToolResult,
} from '@mcp/tool-base';

import type { Clock } from '../../foundation/clock.ts';
import type { JobEnd, JobInput, JobProgress, JobRecord } from '../record/job-record.ts';
import type { OutputStore, OutputWriter } from '../output/output-store.ts';

/** Bytes of output in a result; all of it is in the store. */
const RESULT_OUTPUT_BYTES = 16_384;
const REPORT_MS = 1000;
const MAX_MESSAGE = 200;

/** What runs a job: the pipeline of calls. */
export type ExecuteJob = (execution: JobExecution) => Promise<ToolResult | { readonly input: JobInput }>;

/** The client of a job, as long as it waits for it. */
export interface JobObserver {
  readonly log: CallLog;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

export interface JobExecution {
  readonly job: JobRecord;
  readonly log: CallLog | undefined;
  readonly abortController: AbortController;
  readonly allowance: RunAllowance;
  readonly onProgress: (progress: Progress) => void;
}

export interface JobRunOptions {
  readonly job: JobRecord;
  readonly outputs: OutputStore;
  readonly execute: ExecuteJob;
  readonly observer: JobObserver | undefined;
  /** How the client reads the output. */
  readonly readHint: ReadHint;
  readonly clock: Pick<Clock, 'setTimer'>;
  /** Called at most once a second. */
  readonly onReport: (run: JobRun) => void;
}

export class JobRun {
  readonly job: JobRecord;
  readonly abortController: AbortController = new AbortController();
  readonly #options: JobRunOptions;
  #writer: OutputWriter | undefined;
  isGivenUp = false;
  #message = '';
  #storeFailed = false;
  #limitReached = false;
  #reporting: Disposable | undefined;

  constructor(options: JobRunOptions) {
    this.#options = options;
    this.job = options.job;
  }

  get progress(): JobProgress {
    const { stdoutBytes = 0, stderrBytes = 0 } = this.#writer ?? {};
    return { stdoutBytes, stderrBytes, message: this.#message };
  }

  /** The job is no longer its own: it is ended, and its end is not written. */
  giveUp(): void {
    this.isGivenUp = true;
    this.abort('the job is no longer held');
  }

  abort(reason: string): void {
    this.abortController.abort(new DOMException(reason, 'AbortError'));
  }

  /** Never rejects. */
  async start(): Promise<JobEnd | { readonly input: JobInput }> {
    const { job, outputs, execute, observer, readHint } = this.#options;
    try {
      this.#writer = outputs.open(job);
      const outcome = await execute({
        job,
        log: observer?.log,
        abortController: this.abortController,
        allowance: {
          timeoutMs: job.timeoutMs,
          maxOutputBytes: RESULT_OUTPUT_BYTES,
          // The store holds the limit; this one is out of its way.
          maxReadBytes: job.maxOutputBytes + 1,
          keepOutput: (stream, bytes) => this.#keep(stream, bytes),
          readHint,
        },
        onProgress: (progress) => this.#noteProgress(progress),
      });
      await this.#close();
      return 'input' in outcome && !this.#storeFailed ? outcome : this.#endOf(outcome as ToolResult);
    } catch {
      await this.#close();
      return failed(this.#writer === undefined ? 'store_unavailable' : 'internal_error');
    }
  }

  async #close(): Promise<void> {
    this.#reporting?.[Symbol.dispose]();
    try {
      await this.#writer?.close();
    } catch {
      this.#storeFailed = true;
    }
  }

  #endOf(result: ToolResult): JobEnd {
    if (this.#storeFailed) return failed('store_unavailable');
    if (result.error?.type === 'internal_error') return failed('internal_error');
    const isCancelled = this.abortController.signal.aborted && !this.#limitReached;
    return { state: isCancelled ? 'cancelled' : 'completed', result };
  }

  #keep(stream: OutputStream, bytes: Uint8Array): void {
    const writer = this.#writer;
    if (!writer) return;
    const space = this.job.maxOutputBytes - writer.stdoutBytes - writer.stderrBytes;
    try {
      writer.write(stream, bytes.length > space ? bytes.subarray(0, space) : bytes);
    } catch (error) {
      this.#storeFailed = true;
      throw new ToolError('unavailable', 'The output could not be kept.', { cause: error, neutral: true });
    }
    this.#reportSoon();
    if (bytes.length <= space) return;
    this.#limitReached = true;
    throw new ToolError(
      'tool_error',
      `The program printed more than ${this.job.maxOutputBytes} bytes and was ended (output_limit).`,
      { suggestion: 'Read what was kept, ask for less, or ask the operator to raise job.maxOutput of the tool.' },
    );
  }

  #noteProgress(report: Progress): void {
    const { progress, total, message } = report;
    const percent = total === undefined || total <= 0 ? undefined : `${Math.floor((progress / total) * 100)}%`;
    const line = message?.split('\n').findLast((text) => text.trim() !== '');
    this.#message = [percent, line?.trim().slice(0, MAX_MESSAGE)].filter((part) => part !== undefined).join(' ');
    this.#options.observer?.onProgress?.(report);
    this.#reportSoon();
  }

  #reportSoon(): void {
    if (this.#reporting) return;
    this.#reporting = this.#options.clock.setTimer(REPORT_MS, () => {
      this.#reporting = undefined;
      this.#options.onReport(this);
    });
  }
}

const FAILURES = {
  store_unavailable: 'The output of the job could not be kept, so the job was ended. What was kept can be read.',
  internal_error: 'Internal server error.',
};

function failed(type: keyof typeof FAILURES): JobEnd {
  return { state: 'failed', error: { type, message: FAILURES[type] } };
}
