/** The call arguments of a command tool: `target`, `extraArgs` and its parameters, as a Standard Schema and as JSON Schema. */

import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { JsonSchema } from '../declare/json-schema.ts';
import type { TargetParameter } from '../declare/tool-definition.ts';
import { ToolError } from '../result/tool-error.ts';
import type { ProgramArgument } from '../launcher/program.ts';
import { attachedPlaceholders, placeholdersOf, templateOf } from './argument-template.ts';
import { DEFAULT_MAX_ARGS_BYTES, MAX_EXTRA_ARGUMENTS, splitArguments } from './arguments.ts';
import type { CommandToolSpec } from './command-spec.ts';
import { FlagTable } from './flag-table.ts';
import { isOptional, parameterArguments, parameterSchema, TARGET_DESCRIPTIONS } from './parameter.ts';
import type { ValueUse } from './text-value.ts';

const USUAL_SUGGESTION = new ToolError('validation_error', '').suggestion;

/** Checked call arguments, ready to be put into the template. Targets are strings here and pass the policy next. */
export interface CommandInput {
  readonly target?: unknown;
  readonly arguments: ReadonlyMap<string, readonly ProgramArgument[]>;
}

/** The targets among the call arguments, the tool's own first. */
export function targetParametersOf(spec: CommandToolSpec): readonly TargetParameter[] {
  const { target = 'none', resolve = 'pin', maxAddresses } = spec;
  const limit = maxAddresses === undefined ? {} : { maxAddresses };
  const own: TargetParameter[] = target === 'none' ? [] : [{ parameter: 'target', kind: target, resolve, ...limit }];
  const others = Object.entries(spec.parameters ?? {}).flatMap(([parameter, type]): TargetParameter[] =>
    type.type === 'target'
      ? [{ parameter, kind: type.kind, resolve: type.resolve ?? 'pin', optional: type.optional === true, ...limit }]
      : [],
  );
  return [...own, ...others];
}

/** How the values of the parameters are used; what is only read from stdin is not an argument, and may start with a dash. */
function valueUses(spec: CommandToolSpec): (name: string) => ValueUse {
  const template = templateOf(spec);
  const attached = attachedPlaceholders(template);
  const stdin = stdinParameterOf(spec);
  const inArguments = new Set(placeholdersOf(template));
  return (name) => ({ leadingDash: attached.has(name) || (name === stdin && !inArguments.has(name)) });
}

/** The parameter that the program reads from stdin. */
export function stdinParameterOf({ stdin }: Pick<CommandToolSpec, 'stdin'>): string | undefined {
  return typeof stdin === 'object' ? stdin.parameter : undefined;
}

/** The checks throw, so that each message is written once; the Standard Schema interface expects issues. */
export function commandInputSchema(spec: CommandToolSpec): StandardSchemaV1<Record<string, unknown>, CommandInput> {
  const flags = new FlagTable(spec.flags ?? {});
  const parameters = Object.entries(spec.parameters ?? {});
  const maxBytes = spec.maxArgsLength ?? DEFAULT_MAX_ARGS_BYTES;
  const useOf = valueUses(spec);
  const read = (given: Readonly<Record<string, unknown>>): CommandInput => {
    const valueOf = (name: string): unknown => (Object.hasOwn(given, name) ? given[name] : undefined);
    const values = new Map<string, readonly ProgramArgument[]>();
    values.set('extraArgs', flags.check(splitArguments(valueOf('extraArgs'), maxBytes)));
    for (const [name, type] of parameters) {
      if (type.type === 'target') continue;
      values.set(name, parameterArguments(name, type, valueOf(name), useOf(name)));
    }
    return { ...given, arguments: values };
  };
  return {
    '~standard': {
      version: 1,
      vendor: '@mcp/tool-base',
      validate(value) {
        try {
          return { value: read(value as Readonly<Record<string, unknown>>) };
        } catch (error) {
          if (!(error instanceof ToolError)) throw error;
          // The usual suggestion comes with every refused input anyway.
          const more = error.suggestion === USUAL_SUGGESTION ? '' : ` ${error.suggestion}`;
          return { issues: [{ message: `${error.message}${more}` }] };
        }
      },
    },
  };
}

export function commandInputJsonSchema(spec: CommandToolSpec): JsonSchema {
  const { target = 'none', flags = {}, parameters = {} } = spec;
  const properties: Record<string, unknown> = {};
  const required: string[] = [];
  if (target !== 'none') {
    properties['target'] = { type: 'string', maxLength: 2048, description: TARGET_DESCRIPTIONS[target] };
    required.push('target');
  }
  const useOf = valueUses(spec);
  for (const [name, type] of Object.entries(parameters)) {
    properties[name] = parameterSchema(type, useOf(name));
    if (!isOptional(type)) required.push(name);
  }
  if (Object.keys(flags).length > 0) {
    properties['extraArgs'] = {
      // One type, since some clients refuse a property without it. A string, split on spaces, is accepted as well.
      type: 'array',
      items: { type: 'string', maxLength: spec.maxArgsLength ?? DEFAULT_MAX_ARGS_BYTES },
      // Fewer flags cannot exceed it, each being given once.
      ...(Object.keys(flags).length * 2 > MAX_EXTRA_ARGUMENTS && { maxItems: MAX_EXTRA_ARGUMENTS }),
      description: new FlagTable(flags).describe(),
    };
  }
  return { type: 'object', properties, ...(required.length > 0 ? { required } : {}), additionalProperties: false };
}
