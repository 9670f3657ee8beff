/** Lints the parameters and flags of a command tool. */

import { basename } from 'node:path';
import { MAX_ARGUMENT_BYTES, MAX_LINES_LENGTH } from '../../declare/limit-ranges.ts';
import { isFlagToken, isParameterName } from '../../declare/names.ts';
import { itemText, placeholdersOf, splitField, templateOf } from '../argument-template.ts';
import { stdinParameterOf } from '../command-input.ts';
import type { CommandToolSpec } from '../command-spec.ts';
import type { FlagType } from '../flag-table.ts';
import type { Report } from './lint-finding.ts';
import type { ParameterSpec } from '../parameter.ts';
import { isRiskyFlag } from './risky-flags.ts';
import { isPrintableAscii } from '../arguments.ts';
import { isPrintable } from '../../result/sanitize-text.ts';
import { patternProblem } from '../text-pattern.ts';
import type { TextType } from '../text-value.ts';

export function lintParameters(spec: CommandToolSpec, report: Report): void {
  const used = new Set(placeholdersOf(templateOf(spec)).map((placeholder) => splitField(placeholder).name));
  const stdin = stdinParameterOf(spec);
  for (const [name, parameter] of Object.entries(spec.parameters ?? {})) {
    const path = ['parameters', name];
    if (!isParameterName(name)) {
      report(
        'error',
        path,
        'This name cannot be used.',
        'Use letters, digits and "_", and neither target nor extraArgs.',
      );
    }
    if (!used.has(name) && name !== stdin) {
      report('error', path, 'It is never used.', `Put {${name}} into args, or remove it.`);
    }
    if (used.has(name) && parameter.type === 'string' && parameter.characters === 'lines') {
      report(
        'error',
        path,
        'A text of several lines cannot be an argument.',
        'Set stdin to it instead of using it in args.',
      );
    }
    lintBounds(path, parameter.type === 'string' ? { ...parameter, type: 'text' } : parameter, report);
    const { flag } = parameter;
    if (parameter.type === 'boolean' && flag === undefined) {
      report('error', path, 'A boolean becomes a flag, but none is given.', 'Give flag, e.g. "-n".');
    }
    if (flag !== undefined) lintFlagName(spec, path, flag, report);
  }
  lintStdin(spec, stdin, used, report);
}

function lintStdin(
  { parameters = {} }: CommandToolSpec,
  stdin: string | undefined,
  used: ReadonlySet<string>,
  report: Report,
): void {
  if (stdin === undefined) return;
  const parameter = Object.hasOwn(parameters, stdin) ? parameters[stdin] : undefined;
  if (parameter?.type !== 'string') {
    report('error', ['stdin'], `There is no string parameter ${stdin}.`, 'Declare it, or give the text itself.');
  } else if (parameter.flag !== undefined && !used.has(stdin)) {
    report('error', ['parameters', stdin], 'Its flag has no effect, as it is read from stdin.', 'Remove the flag.');
  }
}

type Bounded = Exclude<ParameterSpec, { type: 'string' }> | FlagType;

function lintBounds(path: readonly string[], type: Bounded, report: Report): void {
  if (type === 'none') return;
  if (type.type === 'integer' || type.type === 'number') {
    if (!Number.isFinite(type.min) || !Number.isFinite(type.max) || type.min > type.max) {
      report('error', path, 'The number has no bounds.', 'Give min and max, min not above max.');
    }
  } else if (type.type === 'enum') {
    if (!Array.isArray(type.values) || type.values.length === 0) {
      report('error', path, 'The list of values is empty.', 'Give values, a list of texts.');
      return;
    }
    const wrong = type.values.findIndex((value) => !isValue(value, path[0] === 'flags'));
    if (wrong >= 0) {
      const rule = path[0] === 'flags' ? 'printable ASCII' : 'printable text';
      report(
        'error',
        path,
        `Value ${wrong + 1} of the list cannot be an argument.`,
        `Use ${rule} that does not start with "-".`,
      );
    }
  } else if (type.type === 'text') {
    lintText(path, type, report);
  } else if (!['ports', 'boolean', 'target', 'path'].includes(type.type)) {
    report(
      'error',
      path,
      'There is no such type.',
      'Use integer, number, enum, string (flags: text), ports, boolean, target or path.',
    );
  }
}

function lintText(path: readonly string[], { maxLength, characters, pattern }: TextType, report: Report): void {
  const longest = characters === 'lines' ? MAX_LINES_LENGTH : MAX_ARGUMENT_BYTES;
  if (!Number.isSafeInteger(maxLength) || maxLength < 1 || maxLength > longest) {
    report('error', path, 'The text has no bound.', `Give maxLength, 1 to ${longest}.`);
  }
  if (characters !== undefined && !['ascii', 'text', 'lines'].includes(characters)) {
    report('error', path, 'There is no such set of characters.', 'Set characters to ascii, text or lines.');
  }
  const problem = pattern === undefined ? undefined : patternProblem(pattern, maxLength);
  if (problem !== undefined) report('error', path, `Its pattern ${problem}.`, 'Write it in the syntax of RE2.');
}

function isValue(value: unknown, isAscii: boolean): boolean {
  if (typeof value !== 'string' || value === '' || value.startsWith('-')) return false;
  return isAscii ? isPrintableAscii(value) : isPrintable(value);
}

export function lintFlags(spec: CommandToolSpec, report: Report): void {
  for (const [flag, type] of Object.entries(spec.flags ?? {})) {
    lintFlagName(spec, ['flags', flag], flag, report);
    const isFixed = spec.args.map(itemText).some((item) => item === flag || item.startsWith(`${flag}=`));
    const isParameter = Object.values(spec.parameters ?? {}).some((parameter) => parameter.flag === flag);
    if (isFixed || isParameter) {
      report(
        'error',
        ['flags', flag],
        `It is also ${isFixed ? 'a fixed argument' : 'the flag of a parameter'}, which a caller could so override.`,
        'Keep one of the two.',
      );
    }
    lintBounds(['flags', flag], type, report);
  }
}

function lintFlagName(spec: CommandToolSpec, path: readonly string[], flag: string, report: Report): void {
  if (!isFlagToken(flag)) {
    report(
      'error',
      path,
      'A flag starts with "-", "--" or "+", followed by letters, digits and _ . : -, at most 64.',
      'Write the exact token, e.g. "-n".',
    );
  }
  if (isRiskyFlag(basename(spec.command), flag)) {
    report(
      'warning',
      path,
      `With ${flag} ${basename(spec.command)} can read or write files, leave the checked target, or start programs.`,
      'Remove it; what every call needs can be a fixed argument in args.',
    );
  }
}
