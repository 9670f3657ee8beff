import type { OutputStream } from '@mcp/tool-base';

export const OUTPUT_STREAMS: readonly OutputStream[] = ['stdout', 'stderr'];

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
  /** Drops what an earlier run of the job left. @param run grows with every run of the job */
  open(id: string, run: number): OutputWriter;
  /** Fewer bytes than `limit` at the end of what is there; none for a job without output. */
  read(id: string, stream: OutputStream, offset: number, limit: number): Promise<OutputSlice>;
  remove(ids: readonly string[]): Promise<void>;
  /** Removes what belongs to no job. @param exists whether there is a job of this id */
  sweep(exists: (id: string) => Promise<boolean>): Promise<void>;
}
