import * as v from 'valibot';
import { HIDDEN } from '../hidden-characters.ts';
import { group } from './composite-fields.ts';
import type { Field, GroupField } from './field.ts';
import { requireOptions, requirePattern, requireRange } from './option-checks.ts';
import { scalarField } from './scalar-field.ts';
import type { FieldOptions, ScalarParts } from './scalar-field.ts';
import { Secret } from './secret.ts';
import { secretProblem } from './text-problem.ts';
import type { TextProblem } from './text-problem.ts';

export interface TextOptions extends FieldOptions {
  /** Characters. @default 1 */
  readonly minLength?: number;
  /** Characters. @default 1024 */
  readonly maxLength?: number;
  readonly pattern?: RegExp;
  /** Line ends and tabs are accepted. @default false */
  readonly multiline?: boolean;
  /** Tests what a pattern cannot. A text from the environment or the command line is trimmed first. */
  readonly accepts?: (text: string) => boolean;
  /** What the text must be, in words; needed where `pattern` or `accepts` says more than the lengths do. */
  readonly expected?: string;
  /** What to do about one particular wrong text. */
  readonly hint?: (text: string) => string | undefined;
  /** Rejects a text for a reason of its own, in words that do not quote it. */
  readonly problem?: (text: string) => TextProblem | undefined;
}

/** A text. Control, bidirectional and invisible characters are refused, but for the line ends and tabs of a multiline one. */
export function text(options: TextOptions): Field<string> {
  return scalarField(options, textParts(options));
}

/** A text, or a mapping with one key that holds one: `plain` or `{ literal: text }`. */
export function textOrMapping<Key extends string>(
  key: Key,
  options: TextOptions & { readonly mappingDoc: string },
): Field<string | { readonly [K in Key]: string }> {
  const parts = textParts(options);
  const mapping = group<Readonly<Record<string, string>>>({ [key]: text(options) }, { doc: options.mappingDoc });
  const { jsonSchema } = parts;
  const asMapping = { type: 'object', properties: { [key]: jsonSchema }, required: [key], additionalProperties: false };
  return {
    ...scalarField(options, {
      ...parts,
      expected: `${parts.expected}, or { ${key}: ... } ${options.mappingDoc}`,
      jsonSchema: { anyOf: [jsonSchema, asMapping] },
    }),
    mapping: mapping as GroupField,
  } as Field<string | { readonly [K in Key]: string }>;
}

export interface SecretOptions extends TextOptions {
  /** Completes a valid secret; relative paths in it start at `folder`. */
  readonly resolve?: (text: string, folder: string) => string;
}

/**
 * A text that is kept in a {@link Secret} from the moment it is read. One that contains a variable that was not expanded, or
 * has quotes around it, is a problem.
 */
export function secret(options: SecretOptions): Field<Secret> {
  const parts = textParts(options);
  const { problem, resolve } = options;
  return scalarField(options, {
    ...parts,
    secret: true,
    problem: (text) => problem?.(text) ?? secretProblem(text),
    ...(resolve && { resolve: (value: Secret, folder: string) => new Secret(resolve(value.reveal(), folder)) }),
    schema: v.pipe(
      parts.schema as v.GenericSchema<unknown, string>,
      v.transform((plain) => new Secret(plain)),
    ),
    jsonSchema: { ...parts.jsonSchema, writeOnly: true },
  });
}

export function textParts(options: TextOptions): ScalarParts {
  requireOptions('text()', options);
  const { minLength = 1, maxLength = 1024, multiline = false, pattern, accepts, hint } = options;
  const isClean = (value: string): boolean =>
    (multiline ? value.replaceAll(/[\t\n\r]/g, ' ') : value).search(HIDDEN) < 0;
  requireRange('text()', ['minLength', 'maxLength'], minLength, maxLength);
  if (pattern !== undefined) requirePattern('text()', 'pattern', pattern);
  const length =
    minLength > 0 ? `a string of ${minLength} to ${maxLength} characters` : `a string of up to ${maxLength} characters`;
  const schema = v.pipe(v.string(), v.check(isClean, 'printable'), v.minLength(minLength), v.maxLength(maxLength));
  const matching = pattern === undefined ? schema : v.pipe(schema, v.regex(pattern));
  return {
    schema: accepts === undefined ? matching : v.pipe(matching, v.check(accepts, 'accepts')),
    expected: options.expected ?? length,
    jsonSchema: {
      type: 'string',
      minLength,
      maxLength,
      ...(pattern === undefined ? {} : { pattern: pattern.source }),
    },
    fromText: (raw) => (accepts === undefined ? raw : raw.trim()),
    ...(options.problem && { problem: options.problem }),
    hint: (value) => {
      if (typeof value === 'number' || typeof value === 'boolean') return 'put it in quotes';
      if (typeof value !== 'string') return undefined;
      if (!isClean(value)) return 'remove the control or invisible characters';
      return hint?.(value);
    },
  };
}
