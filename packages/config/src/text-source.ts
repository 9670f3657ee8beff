import { watchDirectory } from './directory-watch.ts';
import { readTextFile } from './read-file.ts';
import type { FileText } from './read-file.ts';
import { writeAtomically } from './write-file.ts';

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

/** A file on disk, YAML or JSON. */
export function fileSource(file: string): TextSource {
  return {
    name: file,
    read: () => readTextFile(file),
    write: (text) => writeAtomically(file, text),
    watch: (onEvent) => watchDirectory(file, onEvent),
  };
}

/** A text in memory, for tests. */
export class MemorySource implements TextSource {
  readonly name: string;
  readonly #watchers = new Set<() => void>();
  #text: string;

  constructor(text: string, name: string = 'memory.yaml') {
    this.#text = text;
    this.name = name;
  }

  get text(): string {
    return this.#text;
  }

  /** Replaces the text, as an editor would: a store that watches reloads. */
  set(text: string): void {
    this.#text = text;
    for (const onEvent of this.#watchers) onEvent();
  }

  read(): Promise<FileText> {
    return Promise.resolve({ text: this.#text, notices: [] });
  }

  write(text: string): Promise<void> {
    this.set(text);
    return Promise.resolve();
  }

  watch(onEvent: () => void): Disposable {
    this.#watchers.add(onEvent);
    return { [Symbol.dispose]: () => void this.#watchers.delete(onEvent) };
  }
}
