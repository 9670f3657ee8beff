import { originText } from './origin.ts';
import type { Origin } from './origin.ts';
import { quotedText } from './visible-text.ts';

/** Something wrong with the configuration: where, which rule it breaks, and what to write instead. */
export interface Problem {
  /** A stable name of the rule, such as `unknown_key`, `required`, `max_value`, `syntax`. */
  readonly rule: string;
  /** Keys from the root to the value, in their canonical spelling; empty for the file as a whole. */
  readonly path: readonly string[];
  /** A sentence without file or position. It never holds a secret. */
  readonly message: string;
  readonly origin: Origin;
  /** What the rule allows, in words. */
  readonly expected?: string;
  /** What to do next: the nearest valid key, or the right spelling of the value. */
  readonly suggestion?: string;
  /** The line of the file, secrets masked, with a caret below it. */
  readonly snippet?: string;
}

/** Something that is allowed but that an operator should know of: a group-writable file, an unknown variable. */
export interface Notice {
  readonly message: string;
  readonly origin?: Origin;
}

export function noticeText(notice: Notice): string {
  return notice.origin === undefined ? notice.message : `${originText(notice.origin)}: ${notice.message}`;
}

/** Thrown when a configuration cannot be used. `problems` holds every reason, `message` all of them rendered. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'CONFIG_INVALID';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(renderProblems(problems));
    this.problems = problems;
  }
}

/** Thrown by a subscriber's `check` to reject a configuration. The store adds file, line and column of each path. */
export class ConfigVetoError extends Error {
  override readonly name = 'ConfigVetoError';
  readonly problems: readonly VetoProblem[];

  constructor(problems: readonly VetoProblem[]) {
    super(problems.map((problem) => `${pathText(problem.path)}: ${problem.message}`).join('\n'));
    this.problems = problems;
  }
}

export interface VetoProblem {
  readonly path: readonly string[];
  readonly message: string;
  readonly suggestion?: string;
}

/** `tools.ping.args[2]`; a name that holds a dot is quoted: `tools["a.b"]`. */
export function pathText(path: readonly string[]): string {
  let text = '';
  for (const part of path) {
    if (/^\d+$/.test(part) && text !== '') text += `[${part}]`;
    else if (/^[\w-]+$/.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${quotedText(part)}]`;
  }
  return text;
}

/** `config.yaml:3:9: server.port must be ...; <suggestion>`, then the snippet. */
export function renderProblem(problem: Problem): string {
  const suggestion = problem.suggestion === undefined ? '' : `; ${problem.suggestion}`;
  const where = problem.origin.source === 'default' ? '' : `${originText(problem.origin)}: `;
  const head = `${where}${problem.message}${suggestion}`;
  return problem.snippet === undefined ? head : `${head}\n${problem.snippet}`;
}

/** All problems in the order of their places, under a line that counts them. */
export function renderProblems(problems: readonly Problem[]): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return [`The configuration has ${count}.`, ...problems.map(renderProblem)].join('\n');
}
