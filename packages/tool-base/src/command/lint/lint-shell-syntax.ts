/** Finds arguments that mean something to a shell. No shell reads them: the program gets them as they are. */

import type { CommandToolSpec } from '../command-spec.ts';
import type { Report } from './lint-finding.ts';

const OPERATORS: ReadonlySet<string> = new Set([
  '|',
  '||',
  '&&',
  '&',
  '>',
  '>>',
  '<',
  '2>',
  '2>&1',
  '>/dev/null',
  '2>/dev/null',
]);
/** `$NAME`, `${NAME}`, `$(command)`, and a path in the home folder. */
const EXPANDED = /^\$[A-Z_][A-Z0-9_]*(?:\/|$)|\$\{[A-Z_][A-Z0-9_]*\}|\$\([^()]+\)|^~(?:\/|$)/;
/** Only of paths: `*.log` may be a pattern that the program itself understands. */
const GLOB = /^\.{0,2}\/[^\s]*[*?]/;

/** Text that is meant as it is can be written `{ literal: text }`. */
export function lintShellSyntax({ args, allowInterpreter }: CommandToolSpec, report: Report): void {
  if (allowInterpreter === true) return;
  for (const item of args) {
    if (typeof item !== 'string') continue;
    const problem = problemOf(item);
    if (problem === undefined) continue;
    const [what, suggestion] = problem;
    report(
      'warning',
      ['args'],
      `${JSON.stringify(item)} ${what}: there is no shell.`,
      `${suggestion} If it is meant as it is, write { literal: ${JSON.stringify(item)} }.`,
    );
  }
}

function problemOf(item: string): readonly [string, string] | undefined {
  if (OPERATORS.has(item)) return ['is passed to the program as an argument', 'Name a script of yours as the command.'];
  if (EXPANDED.test(item)) return ['is not expanded', 'Write the value itself.'];
  return GLOB.test(item) ? ['is not replaced by the names of files', 'Name the files.'] : undefined;
}
