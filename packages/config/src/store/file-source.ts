import { readTextFile } from '../reading/read-file.ts';
import type { TextSource } from '../reading/text-source.ts';
import { watchDirectory } from './directory-watch.ts';
import { writeAtomically } from './write-file.ts';

/** A file on disk, YAML or JSON. */
export function fileSource(file: string): TextSource {
  return {
    name: file,
    read: () => readTextFile(file),
    write: (text) => writeAtomically(file, text),
    watch: (onEvent) => watchDirectory(file, onEvent),
  };
}
