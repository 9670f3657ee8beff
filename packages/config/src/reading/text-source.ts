import type { FileText } from './read-file.ts';

/** Where the text of the configuration file comes from: a file, or memory in tests. */
export interface TextSource {
  /** Shown in messages before line and column. */
  readonly name: string;
  /** The folder in which relative paths of the text start. @default the current folder */
  readonly folder?: string;
  /** @throws {FileReadError} when the text cannot be read */
  read(): Promise<FileText>;
  /** Replaces the text atomically. */
  write(text: string): Promise<void>;
  /** Calls back when the text may have changed. Extra and missing calls are harmless: the store also polls. */
  watch(onEvent: () => void): Disposable;
}

/** Where relative paths start. */
export function folderOf(source: TextSource | undefined): string {
  return source?.folder ?? process.cwd();
}
