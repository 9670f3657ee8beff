import type { FileText } from '../reading/read-file.ts';
import type { TextSource } from '../reading/text-source.ts';

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
