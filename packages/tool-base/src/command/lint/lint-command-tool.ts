/** Lints the declaration of a command tool before the tool is offered. */

import { basename } from 'node:path';
import { MAX_ARGUMENT_BYTES, MAX_GRACE_MS } from '../../declare/limit-ranges.ts';
import { isTargetKind, TARGET_KINDS } from '../../target/target-kind.ts';
import { problemsOf } from '../../declare/tool-definition.ts';
import { itemText } from '../argument-template.ts';
import type { CommandToolSpec } from '../command-spec.ts';
import type { CommandToolFinding, Report } from './lint-finding.ts';
import { lintFlags, lintParameters } from './lint-parameters.ts';
import { lintShellSyntax } from './lint-shell-syntax.ts';
import { lintTemplate } from './lint-template.ts';
import { environmentProblems } from '../program/program-environment.ts';
import { missingGuards } from './risky-flags.ts';

/** The rule for function names of the APIs of Anthropic, OpenAI and Gemini. */
const WIDELY_ACCEPTED_NAME = /^[A-Za-z0-9_-]{1,64}$/;
const COMMAND = /^(?:\/|[^/-][^/]*$)/;

/** All findings about a declaration; empty for a clean one. Reads no file and starts nothing. */
export function lintCommandTool(spec: CommandToolSpec): readonly CommandToolFinding[] {
  const findings: CommandToolFinding[] = [];
  const report: Report = (severity, path, message, suggestion) =>
    findings.push({ severity, path, message, suggestion });
  for (const problem of problemsOf(spec)) report('error', [], problem, 'Correct it.');
  if (!WIDELY_ACCEPTED_NAME.test(spec.name)) {
    report(
      'warning',
      [],
      `The name ${spec.name} is not accepted by every client: several model APIs allow 1 to 64 letters, digits, "_" or "-".`,
      'Choose a shorter name, without dots.',
    );
  }
  if (typeof spec.command !== 'string') {
    report('error', ['command'], 'It is missing.', 'Write /usr/bin/ping or ping.');
    return findings;
  }
  if (!COMMAND.test(spec.command)) {
    report(
      'error',
      ['command'],
      'It is neither an absolute path nor a bare program name.',
      'Write /usr/bin/ping or ping.',
    );
  }
  if (!Array.isArray(spec.args)) {
    report('error', ['args'], 'It is not a list.', 'Write the arguments as a list of texts; [] for none.');
    return findings;
  }
  if (!spec.args.every((item) => typeof itemText(item) === 'string')) {
    report('error', ['args'], 'An item is neither text nor { literal: text }.', 'Write each argument as text.');
    return findings;
  }
  if (!lintTargets(spec, report)) return findings;
  lintTemplate(spec, report);
  lintShellSyntax(spec, report);
  lintParameters(spec, report);
  lintFlags(spec, report);
  lintGuards(spec, report);
  lintExitCodes(spec, report);
  lintNumbers(spec, report);
  for (const [path, message, suggestion] of environmentProblems(spec)) report('error', path, message, suggestion);
  return findings;
}

/** @returns false for what is no kind of target, with which nothing else can be said */
function lintTargets({ target = 'none', parameters = {} }: CommandToolSpec, report: Report): boolean {
  const named = Object.entries(parameters).flatMap(([name, parameter]): [readonly string[], string][] =>
    parameter.type === 'target' ? [[['parameters', name], parameter.kind]] : [],
  );
  const given: [readonly string[], string][] = target === 'none' ? named : [[['target'], target], ...named];
  const unknown = given.filter(([, kind]) => !isTargetKind(kind));
  for (const [path] of unknown)
    report('error', path, 'There is no such kind of target.', `Use ${TARGET_KINDS.join(', ')}.`);
  return unknown.length === 0;
}

function lintGuards(spec: CommandToolSpec, report: Report): void {
  for (const { args, why } of missingGuards(basename(spec.command), spec.args.map(itemText))) {
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
