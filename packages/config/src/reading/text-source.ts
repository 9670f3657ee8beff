import type { FileText } from './read-file.ts';

/** Where the text of the configuration file comes from: a file, or memory in tests. */
export interface TextSource {
  /** Shown in messages before line and column. */
  readonly name: string;
  /** Rejects with a {@link FileProblem} when there is no text to be had. */
  read(): Promise<FileText>;
  /** Replaces the text as a whole, or not at all. */
  write(text: string): Promise<void>;
  /** Calls back when the text may have changed. It may call too often; what it misses, the poll finds. */
  watch(onEvent: () => void): Disposable;
}
