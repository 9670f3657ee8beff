import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { Field } from './field.ts';
import { scalarField } from './scalar-field.ts';
import { textParts } from './text-fields.ts';
import type { TextOptions } from './text-fields.ts';
import { pathProblem, type TextProblem } from './text-problem.ts';

/**
 * The path of a file or folder; the value is absolute. `~/` is the home folder, and a relative path starts at the folder of
 * the configuration file, or without a file at the current folder; so does a default. A variable that was not expanded is a problem.
 */
export function path(options: TextOptions): Field<string> {
  return scalarField(options, {
    ...textParts({ maxLength: 4096, ...options }),
    problem: problemOf,
    resolve: (text: string, folder: string) => resolvePath(text, folder),
  });
}

/** The absolute path of a text: `~/` is the home folder, and a relative path starts at `folder`. */
export function resolvePath(text: string, folder: string): string {
  const [first, ...rest] = text.split('/');
  return first === '~' ? resolve(homeFolder() ?? '/', ...rest) : resolve(folder, text);
}

/** Undefined where HOME is empty, and for a user id without an entry in the user database and without HOME, as in some containers. */
function homeFolder(): string | undefined {
  try {
    return homedir() || undefined;
  } catch {
    return undefined;
  }
}

function problemOf(text: string): TextProblem | undefined {
  return text.split('/', 1)[0] === '~' && homeFolder() === undefined ? noHome : pathProblem(text);
}

const noHome: TextProblem = {
  rule: 'home_folder',
  message: 'starts at the home folder, and this user has none',
  suggestion: 'write an absolute path, or set HOME',
};
