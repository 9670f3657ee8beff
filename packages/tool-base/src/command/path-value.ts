/** Paths as values. Here they are checked as text; `resolve-paths.ts` follows them, right before the program is started. */

import { isPrintable } from '../result/sanitize-text.ts';

/** A file or folder that exists inside a folder of the operator; links are followed, and one that leads out is refused. */
export interface PathParameter {
  readonly type: 'path';
  /** Absolute path of the folder. */
  readonly within: string;
  /** `any` is a file or a folder; nothing else is ever accepted. @default 'file' */
  readonly kind?: 'file' | 'folder' | 'any';
  readonly default?: string;
}

const MAX_PATH_LENGTH = 1024;
/** No control characters, and no dash first, which a program could read as an option. */
const PATH_PATTERN = '^[^\\x00-\\x1f\\x7f-\\x9f-][^\\x00-\\x1f\\x7f-\\x9f]*$';

/** The rule in words, to follow "must be". */
export const PATH_RULE: string = `a path of 1 to ${MAX_PATH_LENGTH} printable characters that does not start with "-"`;

/** What is wrong with the text of a path, to follow "it"; undefined when nothing is. */
export function pathProblem(text: string): string | undefined {
  const { length } = Array.from(text);
  if (length < 1 || length > MAX_PATH_LENGTH) return `has ${length} characters`;
  if (text.startsWith('-')) return 'starts with "-"; put "./" before it';
  return isPrintable(text) ? undefined : 'holds control or invisible characters';
}

const NAMES = { file: 'A file', folder: 'A folder', any: 'A file or folder' } as const;

/** JSON Schema of a path; what only the file system knows is said in words. */
export function pathSchema(spec: PathParameter & { readonly description?: string }): Record<string, unknown> {
  const { description, kind = 'file' } = spec;
  const rule = `${NAMES[kind]} that exists in a folder chosen by the operator, as a path relative to that folder.`;
  return {
    type: 'string',
    minLength: 1,
    maxLength: MAX_PATH_LENGTH,
    pattern: PATH_PATTERN,
    description: description === undefined ? rule : `${description.replace(/\.?$/, '.')} ${rule}`,
    ...(spec.default === undefined ? {} : { default: spec.default }),
  };
}

/** What {@link pathSchema} says of characters, in words. */
export const WORDS_OF_PATHS: readonly [pattern: string, words: string] = [
  PATH_PATTERN,
  'printable text in one line, not starting with "-"',
];
