import type * as v from 'valibot';
import { requireOptions, requireString } from './option-checks.ts';
import type { TextProblem } from './text-problem.ts';
import type { Fallback, Field, JsonSchema, Reload, ScalarField } from './field.ts';

/** Options of every field. `default` is written as in a file; without one the key is required. */
export interface FieldOptions {
  readonly doc: string;
  readonly default?: unknown;
  /** A default taken from other values; `doc` says how. */
  readonly computed?: { readonly doc: string; readonly compute: (values: never) => unknown };
  /** @default 'live' */
  readonly reload?: Reload;
  /** Further environment variables that set this key. */
  readonly variables?: readonly string[];
}

export interface ScalarParts {
  readonly schema: v.GenericSchema<unknown, unknown>;
  readonly expected: string;
  readonly jsonSchema: JsonSchema;
  readonly fromText: (text: string) => unknown;
  readonly hint?: (value: unknown) => string | undefined;
  readonly notice?: (value: unknown) => string | undefined;
  readonly secret?: boolean;
  readonly problem?: (text: string) => TextProblem | undefined;
  readonly resolve?: (value: never, folder: string) => unknown;
}

export function scalarField<T>(options: FieldOptions, parts: ScalarParts): Field<T> {
  const field: ScalarField = {
    kind: 'scalar',
    secret: false,
    ...commonParts(options),
    ...parts,
  };
  return field;
}

/** The part of a field that does not depend on its type. */
export function commonParts(options: FieldOptions): {
  doc: string;
  reload: Reload;
  optional: boolean;
  nullable: boolean;
  variables: readonly string[];
  fallback: Fallback | undefined;
} {
  requireOptions('a field', options);
  requireString('a field', 'doc', options.doc);
  if (options.reload !== undefined && !['live', 'restart'].includes(options.reload)) {
    throw new TypeError(`reload is 'live' or 'restart', not ${options.reload}`);
  }
  let fallback: Fallback | undefined;
  if (options.computed !== undefined) fallback = { kind: 'computed', ...options.computed };
  else if (options.default !== undefined) fallback = { kind: 'value', value: options.default };
  return {
    doc: options.doc,
    reload: options.reload ?? 'live',
    optional: false,
    nullable: false,
    variables: options.variables ?? [],
    fallback,
  };
}

/** A value with a valibot schema, for types that have no builder here. */
export function custom<T>(
  schema: v.GenericSchema<unknown, T>,
  options: FieldOptions & {
    readonly expected: string;
    readonly jsonSchema: JsonSchema;
    readonly fromText?: (text: string) => unknown;
    /** What to write instead of one particular wrong value. */
    readonly hint?: (value: unknown) => string | undefined;
  },
): Field<T> {
  return scalarField(options, {
    schema,
    expected: options.expected,
    jsonSchema: options.jsonSchema,
    fromText: options.fromText ?? ((raw) => raw),
    ...(options.hint && { hint: options.hint }),
  });
}
