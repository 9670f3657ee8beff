import type { OutputStream } from '@mcp/tool-base';

import type { JobRecord } from '../record/job-record.ts';

export const OUTPUT_STREAMS: readonly OutputStream[] = ['stdout', 'stderr'];

/** The run of a job that its record tells of; both numbers grow with every claim. */
export type OutputRun = Pick<JobRecord, 'id' | 'fence' | 'starts'>;

/** Takes the output of one run as it comes. */
export interface OutputWriter {
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  /** The bytes are kept when it returns, also beyond the end of this process. @throws {Error} when they cannot be kept */
  write(stream: OutputStream, bytes: Uint8Array): void;
  /** All of it is in the store when it resolves. @throws {Error} when it is not */
  close(): Promise<void>;
}

export interface OutputSlice {
  readonly bytes: Uint8Array;
  /** Bytes kept so far of the stream. */
  readonly total: number;
}

/** Where the output of jobs is kept, each stream apart and as the program wrote it. */
export interface OutputStore extends AsyncDisposable {
  /** Drops what earlier runs of the job left, and nothing of a later one: an overtaken claim may come late. */
  open(run: OutputRun): OutputWriter;
  /** Of this run, or of the last one before it that was opened. Fewer bytes than `limit` at the end of what is there. */
  read(run: OutputRun, stream: OutputStream, offset: number, limit: number): Promise<OutputSlice>;
  remove(ids: readonly string[]): Promise<void>;
  /** Removes what belongs to no job. @param exists whether there is a job of this id */
  sweep(exists: (id: string) => Promise<boolean>): Promise<void>;
}
