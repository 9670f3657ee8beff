/** The named parameters of a command tool: typed JSON values that become arguments of the program. */

import type { ProgramArgument } from '../launcher/program.ts';
import type { ResolveMode, TargetKind } from '../target/target-kind.ts';
import { wrongType } from '../call/wrong-type.ts';
import { refuseArgument } from './arguments.ts';
import { pathProblem, pathSchema, PATH_RULE, type PathParameter } from './path-value.ts';
import { textSchema, type TextCharacters, type TextType, type ValueUse } from './text-value.ts';
import { jsonProblem } from './value-problem.ts';
import { describeType, isValueOf, PORTS_PATTERN, roleOf, type ValueType } from './value-type.ts';

interface ParameterBase {
  readonly description?: string;
  /** May be left out; its place in `args` then stays empty. @default false, unless there is a `default` */
  readonly optional?: boolean;
  /** Token put in front of the value; required for a boolean, which becomes this token or nothing. */
  readonly flag?: string;
}

export type ParameterSpec = ParameterBase &
  (
    | { readonly type: 'integer' | 'number'; readonly min: number; readonly max: number; readonly default?: number }
    | { readonly type: 'enum'; readonly values: readonly string[]; readonly default?: string }
    | {
        readonly type: 'string';
        readonly minLength?: number;
        readonly maxLength: number;
        /** @default 'ascii' */
        readonly characters?: TextCharacters;
        /** A regular expression in the syntax of RE2, which the whole value matches. @default any text */
        readonly pattern?: string;
        readonly default?: string;
      }
    | PathParameter
    | { readonly type: 'ports'; readonly default?: string }
    | { readonly type: 'boolean'; readonly default?: boolean }
    /** One more target, held to the same policy as the tool's own. */
    | { readonly type: 'target'; readonly kind: Exclude<TargetKind, 'none'>; readonly resolve?: ResolveMode }
  );

/** The parameter types whose value the caller writes out; targets go through the policy instead. */
export type PlainParameter = Exclude<ParameterSpec, { type: 'target' }>;

function valueType(spec: Exclude<PlainParameter, { type: 'boolean' | 'path' }>): ValueType {
  switch (spec.type) {
    case 'integer':
    case 'number':
      return { type: spec.type, min: spec.min, max: spec.max };
    case 'enum':
      return { type: 'enum', values: spec.values };
    case 'string':
      return textTypeOf(spec);
    case 'ports':
      return { type: 'ports' };
  }
}

function textTypeOf(spec: Extract<ParameterSpec, { type: 'string' }>): TextType {
  return {
    type: 'text',
    maxLength: spec.maxLength,
    minLength: spec.minLength ?? 0,
    ...(spec.characters === undefined ? {} : { characters: spec.characters }),
    ...(spec.pattern === undefined ? {} : { pattern: spec.pattern }),
  };
}

const BOOLEAN = { properties: { value: { type: 'boolean' } } };

function defaultOf(spec: ParameterSpec): unknown {
  return 'default' in spec ? spec.default : undefined;
}

export function isOptional(spec: ParameterSpec): boolean {
  return spec.optional === true || spec.type === 'boolean' || defaultOf(spec) !== undefined;
}

/**
 * The arguments that a value becomes: nothing, the value, or its flag and the value.
 * @throws {ToolError} `validation_error` naming the parameter and the rule
 */
export function parameterArguments(
  name: string,
  spec: PlainParameter,
  given: unknown,
  use: ValueUse = {},
): readonly ProgramArgument[] {
  const value = given === undefined ? defaultOf(spec) : given;
  if (spec.type === 'boolean') {
    if (value !== undefined && typeof value !== 'boolean') {
      refuseArgument(`${name} ${wrongType({ value }, ['value'], BOOLEAN) ?? 'must be true or false'}.`);
    }
    return value === true && spec.flag !== undefined ? [{ text: spec.flag, role: 'flag' }] : [];
  }
  if (value === undefined) {
    if (isOptional(spec)) return [];
    refuseArgument(`${name} is missing.`);
  }
  if (spec.type === 'path') return withFlag(spec.flag, { text: requirePath(name, value), role: 'text' });
  const numeric = spec.type === 'integer' || spec.type === 'number';
  const type = valueType(spec);
  const text = numeric ? decimalOf(value) : value;
  if (typeof text !== 'string' || !isValueOf(type, text, use)) {
    refuseArgument(`${name} must be ${describeType(type, use)}${whyNot(type, value, use)}.`);
  }
  return withFlag(spec.flag, { text, role: roleOf(type) });
}

function withFlag(flag: string | undefined, argument: ProgramArgument): readonly ProgramArgument[] {
  return flag === undefined ? [argument] : [{ text: flag, role: 'flag' }, argument];
}

function requirePath(name: string, value: unknown): string {
  const problem = typeof value === 'string' ? pathProblem(value) : 'is not a string';
  if (typeof value === 'string' && problem === undefined) return value;
  refuseArgument(`${name} must be ${PATH_RULE}; it ${problem}.`);
}

function whyNot(type: ValueType, value: unknown, use: ValueUse): string {
  const problem = jsonProblem(type, value, use);
  return problem === undefined ? '' : `; it ${problem}`;
}

/** A JSON number in plain decimal; one that JavaScript writes with an exponent fails the grammar of its type. */
function decimalOf(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : undefined;
}

/** JSON Schema of one parameter. */
export function parameterSchema(spec: ParameterSpec, use: ValueUse = {}): Record<string, unknown> {
  const base = {
    ...(spec.description === undefined ? {} : { description: spec.description }),
    ...(defaultOf(spec) === undefined ? {} : { default: defaultOf(spec) }),
  };
  switch (spec.type) {
    case 'integer':
    case 'number':
      return { type: spec.type, minimum: spec.min, maximum: spec.max, ...base };
    case 'enum':
      return { type: 'string', enum: [...spec.values], ...base };
    case 'string':
      return { ...textSchema(textTypeOf(spec), use), ...base };
    case 'path':
      return pathSchema(spec);
    case 'ports':
      return {
        type: 'string',
        maxLength: 1200,
        pattern: PORTS_PATTERN,
        description: describeType({ type: 'ports' }),
        ...base,
      };
    case 'boolean':
      return { type: 'boolean', ...base };
    case 'target':
      return { type: 'string', maxLength: 2048, description: TARGET_DESCRIPTIONS[spec.kind], ...base };
  }
}

/** What each kind of target looks like, for schemas. Every listed tool with a target has it, so it is short. */
export const TARGET_DESCRIPTIONS: Readonly<Record<Exclude<TargetKind, 'none'>, string>> = {
  ip: 'Address',
  host: 'Host',
  ip_or_host: 'Address or host',
  cidr: 'Network such as 10.0.1.0/24',
  url: 'URL such as http://10.0.0.5:8080/path',
};
