import { readTextFile } from './read-file.ts';
import type { FileText } from './read-file.ts';

/** Where the text of the configuration file comes from: a file, or memory in tests. */
export interface TextSource {
  /** Shown in messages before line and column. */
  readonly name: string;
  /** @throws {FileProblem} when there is no text to be had. */
  read(): Promise<FileText>;
}

/** A file on disk. */
export function fileSource(file: string): TextSource {
  return { name: file, read: () => readTextFile(file) };
}

/** A text in memory that tests can replace. */
export class MemorySource implements TextSource {
  readonly name: string;
  #text: string;

  constructor(text: string, name: string = 'memory.yaml') {
    this.#text = text;
    this.name = name;
  }

  /** Replaces the text; the next reload sees it. */
  set(text: string): void {
    this.#text = text;
  }

  read(): Promise<FileText> {
    return Promise.resolve({ text: this.#text, notices: [] });
  }
}
