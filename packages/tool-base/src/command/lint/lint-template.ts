/** Lints the `args` of a command tool. */

import { basename } from 'node:path';
import { itemText, placeholdersOf, splitField, templateOf } from '../argument-template.ts';
import type { CommandToolSpec } from '../command-spec.ts';
import type { Report } from './lint-finding.ts';
import type { ParameterSpec } from '../parameter.ts';

/** Programs that take no `--` in front of their target. */
const WITHOUT_END_OF_OPTIONS: ReadonlySet<string> = new Set(['dig', 'host', 'nslookup', 'find', 'ip']);

export function lintTemplate(spec: CommandToolSpec, report: Report): void {
  const { target = 'none', flags = {}, parameters = {} } = spec;
  const used = placeholdersOf(templateOf(spec));
  const names = used.map((placeholder) => splitField(placeholder));
  for (const [at, { name, field }] of names.entries()) {
    const isTarget = name === 'target' ? target !== 'none' : parameterType(parameters, name) === 'target';
    const known = isTarget || (field === undefined && (name === 'extraArgs' || Object.hasOwn(parameters, name)));
    if (!known) {
      report(
        'error',
        ['args'],
        `{${used[at]}} stands for nothing: there is no parameter of that name.`,
        `Declare a parameter of that name, or a target; for fixed text write { literal: '{${used[at]}}' }.`,
      );
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
  const items = spec.args.map(itemText);
  if (templateOf(spec).some((parts) => parts.length > 1 && placeholdersOf([parts]).includes('extraArgs'))) {
    report('error', ['args'], '{extraArgs} is part of a longer item.', 'Make it an item of its own.');
  }
  for (const item of items) {
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
  const items = spec.args.map(itemText);
  const at = items.findIndex((item) => /^\{target(?:\.(?:text|host|address))?\}$/.test(item));
  if (at < 0 || WITHOUT_END_OF_OPTIONS.has(basename(spec.command))) return;
  if (!items.slice(0, at).includes('--')) {
    report(
      'warning',
      ['args'],
      `There is no "--" in front of ${items[at]}.`,
      'Put "--" before it if the program knows that as the end of its options; a second guard behind the target grammar.',
    );
  }
}
