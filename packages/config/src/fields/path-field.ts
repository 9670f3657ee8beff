import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { Field } from './field.ts';
import { scalarField } from './scalar-field.ts';
import { textParts } from './text-fields.ts';
import type { TextOptions } from './text-fields.ts';
import { pathProblem } from './text-problem.ts';

/**
 * The path of a file or folder; the value is absolute. `~/` is the home folder, and a relative path starts at the folder of
 * the configuration file, or without a file at the current folder. A variable that was not expanded is a problem.
 */
export function path(options: TextOptions): Field<string> {
  return scalarField(options, {
    ...textParts({ maxLength: 4096, ...options }),
    problem: pathProblem,
    resolve: (text: string, folder: string) => resolvePath(text, folder),
  });
}

/** The absolute path of a text: `~/` is the home folder, and a relative path starts at `folder`. */
export function resolvePath(text: string, folder: string): string {
  const [first, ...rest] = text.split('/');
  return first === '~' ? resolve(homedir(), ...rest) : resolve(folder, text);
}
