import { dirname, resolve } from 'node:path';
import { readTextFile } from '../reading/read-file.ts';
import { isMountPoint } from '../reading/mount-point.ts';
import type { PermissionCheck } from '../reading/file-permissions.ts';
import type { FileText } from '../reading/read-file.ts';
import type { TextSource } from '../reading/text-source.ts';
import type { Origin } from '../describe/origin.ts';
import { ConfigError } from '../describe/problems.ts';
import type { Notice } from '../describe/problems.ts';
import { resolvePath } from '../fields/path-field.ts';
import { pathProblem, type TextProblem } from '../fields/text-problem.ts';
import type { LoadOptions } from './load-options.ts';
import { watchDirectory } from './directory-watch.ts';
import { writeAtomically } from './write-file.ts';

/** A file on disk, YAML or JSON. Relative paths in it start at its folder. */
export function fileSource(file: string, permissions?: PermissionCheck): TextSource {
  return {
    name: file,
    folder: dirname(resolve(file)),
    read: () => readFileAndMount(file, permissions),
    write: (text) => writeAtomically(file, text),
    watch: (onEvent) => watchDirectory(file, onEvent),
  };
}

async function readFileAndMount(file: string, permissions: PermissionCheck | undefined): Promise<FileText> {
  const { text, notices } = await readTextFile(file, { permissions });
  return { text, notices: (await isMountPoint(file)) ? [...notices, mountNotice] : notices };
}

const emptyPath: TextProblem = {
  rule: 'empty_path',
  message: 'is empty, as where a variable of a script has no value',
  suggestion: 'name a file, or leave the path out to run on the defaults',
};

const mountNotice: Notice = {
  message:
    'the file is mounted by itself, so a new file that an editor or deployment puts in its place is not seen; mount its folder instead',
};

/** The source of a load, if it has one. @throws {ConfigError} for a path with a variable that was not expanded */
export function sourceOf<T>({ source, file, permissions }: LoadOptions<T>): TextSource | undefined {
  if (source !== undefined || file === undefined) return source;
  const problem = file === '' ? emptyPath : pathProblem(file);
  if (problem !== undefined) {
    const { rule, message, suggestion } = problem;
    const origin: Origin = { source: 'file', file, line: 1, column: 1 };
    throw new ConfigError([
      { rule, path: [], origin, message: `the path of the configuration file ${message}`, suggestion },
    ]);
  }
  return fileSource(expanded(file), permissions);
}

/**
 * Where to save to; `~/` is the home folder. By another spelling the own file is still the own one, in which secrets stay.
 *
 * @throws {TypeError} for what names no file
 */
export function saveTarget(
  given: unknown,
  own: string | undefined,
): { readonly file: string; readonly isOwn: boolean } {
  if (given === undefined && own !== undefined) return { file: own, isOwn: true };
  if (given === undefined) throw new TypeError('save() needs a file: this configuration was not loaded from one');
  if (typeof given !== 'string' || given === '' || given.includes('\0'))
    throw new TypeError('save() needs file, a path');
  const problem = pathProblem(given);
  if (problem !== undefined) throw new TypeError(`save(): the path ${problem.message}; ${problem.suggestion}`);
  const file = expanded(given);
  return own !== undefined && resolve(file) === resolve(own) ? { file: own, isOwn: true } : { file, isOwn: false };
}

function expanded(file: string): string {
  return file.startsWith('~/') ? resolvePath(file, '/') : file;
}
