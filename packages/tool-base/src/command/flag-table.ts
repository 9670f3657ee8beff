/**
 * The allow list of a tool's free arguments. A token is either exactly a listed flag or the value that the flag before it takes.
 * There are no prefixes, clusters, abbreviations or `--flag=value`, no repeats and no positionals.
 */

import type { ProgramArgument } from '../launcher/program.ts';
import { refuseArgument } from './arguments.ts';
import { valueProblem } from './value-problem.ts';
import { describeType, isValueOf, roleOf, type ValueType } from './value-type.ts';

/** `none` for a flag without a value, else the type of its value. */
export type FlagType = 'none' | ValueType;

export class FlagTable {
  readonly #types: ReadonlyMap<string, FlagType>;
  readonly #names: string;

  constructor(flags: Readonly<Record<string, FlagType>>) {
    this.#types = new Map(Object.entries(flags));
    this.#names = [...this.#types.keys()].join(' ');
  }

  get size(): number {
    return this.#types.size;
  }

  /** How to use them, for the input schema. Every listed tool with flags has it, so it is short. */
  describe(): string {
    const flags = [...this.#types].map(([flag, type]) => (type === 'none' ? flag : `${flag} <${valueInWords(type)}>`));
    return `Each flag and each value an item, each flag at most once: ${flags.join('; ')}.`;
  }

  /** @throws {ToolError} `validation_error` at the first token that is not on the list */
  check(tokens: readonly string[]): readonly ProgramArgument[] {
    if (tokens.length > 0 && this.#types.size === 0) {
      refuseArgument('This tool takes no extra arguments.', 'Leave extraArgs out.');
    }
    const checked: ProgramArgument[] = [];
    const seen = new Set<string>();
    for (let at = 0; at < tokens.length; at += 1) {
      const flag = tokens[at] ?? '';
      const type = this.#types.get(flag);
      if (type === undefined) {
        refuseArgument(`Argument ${at + 1} of extraArgs is not an allowed flag.`, this.#suggestionFor(flag));
      }
      if (seen.has(flag)) refuseArgument(`${flag} is given twice.`, `Give ${flag} once.`);
      seen.add(flag);
      checked.push({ text: flag, role: 'flag' });
      if (type !== 'none') {
        at += 1;
        checked.push(checkValue(flag, type, tokens[at]));
      }
    }
    return checked;
  }

  /** A value joined to its flag, as in `--max-time=5` and `-c5`, is the usual mistake. */
  #suggestionFor(token: string): string {
    const attached = /^(-[A-Za-z])(\d.*)$/.exec(token)?.slice(1);
    const [flag = '', value] = attached ?? token.split('=', 2);
    const allowed = `Allowed flags: ${this.#names}.`;
    const type = this.#types.get(flag);
    if (value === undefined || type === undefined) return allowed;
    return type === 'none'
      ? `${flag} takes no value. ${allowed}`
      : `Write ${flag} ${shownValue(value)}, as two arguments. ${allowed}`;
  }
}

/** A plain value is repeated; anything else is the caller's own text. */
function shownValue(value: string): string {
  return /^[A-Za-z0-9._:/]{1,32}$/.test(value) ? value : 'and its value';
}

function valueInWords(type: ValueType): string {
  switch (type.type) {
    case 'integer':
      return `whole number ${type.min} to ${type.max}`;
    case 'number':
      return `${type.min} to ${type.max}`;
    case 'enum':
      return type.values.join('|');
    case 'text':
    case 'ports':
      return describeType(type);
  }
}

function checkValue(flag: string, type: ValueType, text: string | undefined): ProgramArgument {
  if (text === undefined) refuseArgument(`${flag} needs a value: ${describeType(type)}.`);
  if (!isValueOf(type, text)) {
    const problem = valueProblem(type, text);
    const why = problem === undefined ? '' : `; it ${problem}`;
    refuseArgument(`The value of ${flag} must be ${describeType(type)}${why}.`);
  }
  return { text, role: roleOf(type) };
}
