import { LIMIT_RANGES, type KeptOutput, type OutputStream, type ReadHint } from '@mcp/tool-base';

import type { Clock } from '../foundation/clock.ts';
import type { OutputStore, OutputWriter } from './output/output-store.ts';
import type { KeptCall } from './record/new-record.ts';
import type { JobStore } from './stores/job-store.ts';

export interface CallOutputOptions {
  readonly call: Pick<KeptCall, 'id' | 'tool' | 'caller'>;
  readonly store: Pick<JobStore, 'keep' | 'discard'>;
  readonly outputs: Pick<OutputStore, 'open' | 'remove'>;
  readonly retentionMs: number;
  readonly hint: ReadHint;
  readonly clock: Pick<Clock, 'setTimer'>;
  /** It cannot be kept. */
  readonly onError: (error: unknown) => void;
  readonly onKept: () => void;
}

/** The longest that a call may take: its record is not over before it has ended. */
const CALL_MS = LIMIT_RANGES.timeoutMs.max;
/** How long a call waits for the store to have all of its output. */
const CLOSE_MS = 2000;

/** The output of a call that is no job, kept as that of a job which has ended. */
export class CallOutput implements KeptOutput {
  readonly #options: CallOutputOptions;
  readonly #known: Promise<unknown>;
  #writer: OutputWriter | undefined;
  #hasFailed = false;

  constructor(options: CallOutputOptions) {
    this.#options = options;
    try {
      this.#writer = options.outputs.open({ id: options.call.id, fence: 1, starts: 1 });
    } catch (error) {
      this.#failed(error);
    }
    // Before there is output: what has no record is removed when a server starts.
    this.#known = this.#record(options.retentionMs + CALL_MS).catch((error: unknown) => this.#failed(error));
  }

  write(stream: OutputStream, bytes: Uint8Array): void {
    if (this.#hasFailed) return;
    try {
      this.#writer?.write(stream, bytes);
    } catch (error) {
      this.#failed(error);
    }
  }

  async close(): Promise<ReadHint | undefined> {
    const { clock, hint, onKept } = this.#options;
    const { promise: late, resolve } = Promise.withResolvers<void>();
    using _timer = clock.setTimer(CLOSE_MS, () => {
      this.#failed(new Error('The store of jobs did not take the output of a call in time.'));
      resolve();
    });
    const closing = this.#close();
    await Promise.race([closing, late]);
    if (!this.#hasFailed) {
      onKept();
      return hint;
    }
    void closing.then(() => this.#remove());
    return undefined;
  }

  async #close(): Promise<void> {
    await this.#known;
    try {
      await this.#writer?.close();
      if (!this.#hasFailed) await this.#record(this.#options.retentionMs);
    } catch (error) {
      this.#failed(error);
    }
  }

  #record(retentionMs: number): Promise<void> {
    const { store, call } = this.#options;
    const { stdoutBytes = 0, stderrBytes = 0 } = this.#writer ?? {};
    return store.keep({ ...call, stdoutBytes, stderrBytes }, retentionMs);
  }

  #failed(error: unknown): void {
    if (!this.#hasFailed) this.#options.onError(error);
    this.#hasFailed = true;
  }

  async #remove(): Promise<void> {
    const { store, outputs, call, onError } = this.#options;
    try {
      await store.discard(call.id, 0);
      await outputs.remove([call.id]);
    } catch (error) {
      onError(error);
    }
  }
}
