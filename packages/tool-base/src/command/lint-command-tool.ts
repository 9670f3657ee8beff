/** Lints the declaration of a command tool before the tool is offered. */

import { basename } from 'node:path';
import { MAX_ARGUMENT_BYTES, MAX_GRACE_MS } from '../declare/limit-ranges.ts';
import { isFlagToken, isParameterName } from '../declare/names.ts';
import { problemsOf } from '../declare/tool-definition.ts';
import { placeholdersOf, splitField } from './argument-template.ts';
import type { CommandToolSpec } from './command-spec.ts';
import type { FlagType } from './flag-table.ts';
import type { ParameterSpec } from './parameter.ts';
import { isRiskyFlag, missingGuards } from './risky-flags.ts';

/** An `error` keeps the tool from loading; a `warning` is advice. */
export interface CommandToolFinding {
  readonly severity: 'error' | 'warning';
  /** Where in the declaration, e.g. `['flags', '-o']`. */
  readonly path: readonly string[];
  readonly message: string;
  /** What to do about it. */
  readonly suggestion: string;
}

type Report = (
  severity: CommandToolFinding['severity'],
  path: readonly string[],
  message: string,
  suggestion: string,
) => void;

/** Programs that take no `--` in front of their target. */
const WITHOUT_END_OF_OPTIONS: ReadonlySet<string> = new Set(['dig', 'host', 'nslookup', 'find', 'ip']);
const COMMAND = /^(?:\/|[^/-][^/]*$)/;

/** All findings about a declaration; empty for a clean one. Reads no file and starts nothing. */
export function lintCommandTool(spec: CommandToolSpec): readonly CommandToolFinding[] {
  const findings: CommandToolFinding[] = [];
  const report: Report = (severity, path, message, suggestion) =>
    findings.push({ severity, path, message, suggestion });
  for (const problem of problemsOf(spec)) report('error', [], problem, 'Correct it.');
  if (!COMMAND.test(spec.command)) {
    report(
      'error',
      ['command'],
      'It is neither an absolute path nor a bare program name.',
      'Write /usr/bin/ping or ping.',
    );
  }
  lintTemplate(spec, report);
  lintParameters(spec, report);
  lintFlags(spec, report);
  lintGuards(spec, report);
  lintExitCodes(spec, report);
  lintNumbers(spec, report);
  return findings;
}

function lintTemplate(spec: CommandToolSpec, report: Report): void {
  const { target = 'none', flags = {}, parameters = {} } = spec;
  const used = placeholdersOf(spec.args);
  const names = used.map((placeholder) => splitField(placeholder));
  for (const [at, { name, field }] of names.entries()) {
    const isTarget = name === 'target' ? target !== 'none' : parameterType(parameters, name) === 'target';
    const known = isTarget || (field === undefined && (name === 'extraArgs' || Object.hasOwn(parameters, name)));
    if (!known) {
      report('error', ['args'], `{${used[at]}} is not declared.`, 'Declare a parameter of that name, or a target.');
    }
  }
  if (target !== 'none' && !names.some(({ name }) => name === 'target')) {
    report('error', ['args'], 'The checked target is never used.', 'Put {target} into args, or leave out target.');
  }
  lintPinning(spec, used, report);
  const offersFlags = Object.keys(flags).length > 0;
  if (offersFlags !== used.includes('extraArgs')) {
    report('error', ['flags'], 'flags and {extraArgs} belong together.', 'Use both, or neither.');
  }
  if (spec.args.some((item) => item.includes('{extraArgs}') && item !== '{extraArgs}')) {
    report('error', ['args'], '{extraArgs} is part of a longer item.', 'Make it an item of its own.');
  }
  for (const item of spec.args) {
    if (item.includes('\0') || !item.isWellFormed())
      report('error', ['args'], 'An item is not well-formed text.', 'Correct it.');
  }
  lintEndOfOptions(spec, report);
}

/** A pinned address that the program never sees pins nothing: it would look the name up again, and may get another answer. */
function lintPinning(spec: CommandToolSpec, used: readonly string[], report: Report): void {
  const { target = 'none', resolve = 'pin', parameters = {} } = spec;
  const named = Object.entries(parameters).flatMap(([name, parameter]) =>
    parameter.type === 'target' ? [{ name, kind: parameter.kind, resolve: parameter.resolve ?? 'pin' }] : [],
  );
  for (const { name, kind, resolve: mode } of [{ name: 'target', kind: target, resolve }, ...named]) {
    const handsAddress = used.includes(`${name}.address`) || (kind !== 'url' && used.includes(name));
    if (mode !== 'pin' || handsAddress || !['url', 'host', 'ip_or_host'].includes(kind)) continue;
    report(
      'warning',
      name === 'target' ? ['resolve'] : ['parameters', name],
      `The pinned address of {${name}} is not passed to the program, which will resolve the name again.`,
      `Use {${name}.address} in args (curl: --resolve {${name}.host}:{${name}.port}:{${name}.address}), or set resolve to check.`,
    );
  }
}

function parameterType(parameters: Readonly<Record<string, ParameterSpec>>, name: string): string | undefined {
  return Object.hasOwn(parameters, name) ? parameters[name]?.type : undefined;
}

function lintEndOfOptions(spec: CommandToolSpec, report: Report): void {
  const at = spec.args.findIndex((item) => /^\{target(?:\.(?:text|host|address))?\}$/.test(item));
  if (at < 0 || WITHOUT_END_OF_OPTIONS.has(basename(spec.command))) return;
  if (!spec.args.slice(0, at).includes('--')) {
    report(
      'warning',
      ['args'],
      `There is no "--" in front of ${spec.args[at]}.`,
      'Put "--" before it if the program knows that as the end of its options; a second guard behind the target grammar.',
    );
  }
}

function lintParameters(spec: CommandToolSpec, report: Report): void {
  const used = new Set(placeholdersOf(spec.args).map((placeholder) => splitField(placeholder).name));
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
    if (!used.has(name)) report('error', path, 'It is never used.', `Put {${name}} into args, or remove it.`);
    lintBounds(path, parameter.type === 'string' ? { ...parameter, type: 'text' } : parameter, report);
    const { flag } = parameter;
    if (parameter.type === 'boolean' && flag === undefined) {
      report('error', path, 'A boolean becomes a flag, but none is given.', 'Give flag, e.g. "-n".');
    }
    if (flag !== undefined) lintFlagName(spec, path, flag, report);
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
    const bad = !Array.isArray(type.values) || type.values.length === 0 || type.values.some((value) => !isValue(value));
    if (bad)
      report(
        'error',
        path,
        'The list of values is empty or has a value that cannot be an argument.',
        'Correct values.',
      );
  } else if (type.type === 'text') {
    if (!Number.isSafeInteger(type.maxLength) || type.maxLength < 1 || type.maxLength > MAX_ARGUMENT_BYTES) {
      report('error', path, 'The text has no bound.', `Give maxLength, 1 to ${MAX_ARGUMENT_BYTES}.`);
    }
  } else if (!['ports', 'boolean', 'target'].includes(type.type)) {
    report(
      'error',
      path,
      'There is no such type.',
      'Use integer, number, enum, string (flags: text), ports, boolean or target.',
    );
  }
}

function isValue(value: unknown): boolean {
  return typeof value === 'string' && /^(?!-)[\x21-\x7e]+$/.test(value);
}

function lintFlags(spec: CommandToolSpec, report: Report): void {
  for (const [flag, type] of Object.entries(spec.flags ?? {})) {
    lintFlagName(spec, ['flags', flag], flag, report);
    const isFixed = spec.args.some((item) => item === flag || item.startsWith(`${flag}=`));
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

function lintGuards(spec: CommandToolSpec, report: Report): void {
  for (const { args, why } of missingGuards(basename(spec.command), spec.args)) {
    report('warning', ['args'], `${args} is missing, ${why}.`, `Add ${args} as a fixed argument.`);
  }
  if (spec.allowInterpreter === true) {
    report('warning', ['allowInterpreter'], 'The program may run other programs.', 'Keep its arguments fixed.');
  }
}

function lintExitCodes(spec: CommandToolSpec, report: Report): void {
  const lists = {
    successExitCodes: spec.successExitCodes ?? [0],
    domainExitCodes: Object.keys(spec.domainExitCodes ?? {}).map(Number),
    failureExitCodes: spec.failureExitCodes ?? [],
  };
  const seen = new Map<number, string>();
  for (const [list, codes] of Object.entries(lists)) {
    for (const code of codes) {
      if (!Number.isSafeInteger(code) || code < 0 || code > 255) {
        report('error', [list], `${code} is no exit code.`, 'Use whole numbers from 0 to 255.');
      }
      const other = seen.get(code);
      if (other !== undefined) report('error', [list], `${code} is also in ${other}.`, 'Keep it in one of the lists.');
      seen.set(code, list);
    }
  }
}

function lintNumbers(spec: CommandToolSpec, report: Report): void {
  const within = (name: 'maxArgsLength' | 'graceMs' | 'maxAddresses', min: number, max: number): void => {
    const value = spec[name];
    if (value === undefined || (Number.isSafeInteger(value) && value >= min && value <= max)) return;
    report('error', [name], `${String(value)} is out of range.`, `Use a whole number from ${min} to ${max}.`);
  };
  within('maxArgsLength', 1, MAX_ARGUMENT_BYTES);
  within('graceMs', 0, MAX_GRACE_MS);
  within('maxAddresses', 1, 2 ** 32);
}
