import * as v from 'valibot';
import type { Fallback, Field, JsonSchema, Reload, ScalarField } from './field.ts';
import { Secret } from './secret.ts';

/** What every field may state. `default` is written as in a file; without one the key is required. */
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

interface ScalarParts {
  readonly schema: v.GenericSchema<unknown, unknown>;
  readonly expected: string;
  readonly jsonSchema: JsonSchema;
  readonly fromText: (text: string) => unknown;
  readonly hint?: (value: unknown) => string | undefined;
  readonly secret?: boolean;
}

function scalarField<T>(options: FieldOptions, parts: ScalarParts): Field<T> {
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

export interface RangeOptions extends FieldOptions {
  readonly min: number;
  readonly max: number;
}

/** A whole number from `min` to `max`. A text is read as decimal digits: `0x10`, `1e3` and `1.0` are refused. */
export function integer(options: RangeOptions): Field<number> {
  const { min, max } = options;
  return scalarField(options, {
    schema: v.pipe(v.number(), v.safeInteger(), v.minValue(min), v.maxValue(max)),
    expected: `a whole number${rangeText(min, max)}`,
    jsonSchema: { type: 'integer', minimum: min, maximum: max },
    fromText: (text) => (/^[+-]?\d{1,16}$/.test(text.trim()) ? Number(text.trim()) : text),
    hint: quotedNumberHint,
  });
}

/** A number from `min` to `max`. A text is read as decimal digits with an optional fraction. */
export function number(options: RangeOptions): Field<number> {
  const { min, max } = options;
  return scalarField(options, {
    schema: v.pipe(v.number(), v.finite(), v.minValue(min), v.maxValue(max)),
    expected: `a number${rangeText(min, max)}`,
    jsonSchema: { type: 'number', minimum: min, maximum: max },
    fromText: (text) => (DECIMAL.test(text.trim()) ? Number(text.trim()) : text),
    hint: quotedNumberHint,
  });
}

/** Bounds that only say what a computer can hold are not worth reading. */
function rangeText(min: number, max: number): string {
  return max >= 1e15 ? '' : ` from ${min} to ${max}`;
}

const DECIMAL = /^[+-]?\d{1,16}(?:\.\d{1,16})?$/;

function quotedNumberHint(value: unknown): string | undefined {
  return typeof value === 'string' && DECIMAL.test(value) ? 'write it without quotes' : undefined;
}

/** The spellings of a boolean in the environment and on the command line, compared without regard to case. */
const BOOLEAN_TEXTS: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'on', '1'].map((text): [string, boolean] => [text, true]),
  ...['false', 'no', 'off', '0'].map((text): [string, boolean] => [text, false]),
]);

/** `true` or `false`; from the environment also yes, on, 1, no, off, 0. */
export function boolean(options: FieldOptions): Field<boolean> {
  return scalarField(options, {
    schema: v.boolean(),
    expected: 'true or false',
    jsonSchema: { type: 'boolean' },
    fromText: (text) => BOOLEAN_TEXTS.get(text.trim().toLowerCase()) ?? text,
    hint: (value) => {
      const meant = typeof value === 'string' ? BOOLEAN_TEXTS.get(value.toLowerCase()) : undefined;
      return meant === undefined ? undefined : `write ${meant}, without quotes`;
    },
  });
}

/** One of a few words. `spellings` maps further texts to one of them. */
export function choice<const W extends string>(
  words: readonly W[],
  options: FieldOptions & { readonly spelling?: (text: string) => string },
): Field<W> {
  const { spelling } = options;
  const picklist = v.picklist(words);
  return scalarField(options, {
    schema:
      spelling === undefined
        ? picklist
        : v.pipe(
            v.string(),
            v.transform((text) => spelling(text)),
            picklist,
          ),
    expected: wordList(words),
    jsonSchema: spelling === undefined ? { enum: words } : { type: 'string', examples: words },
    fromText: (text) => text.trim(),
    hint: (value) => (typeof value === 'boolean' ? 'put the word in quotes' : undefined),
  });
}

/** `'a', 'b' or 'c'` */
export function wordList(words: readonly string[]): string {
  const quoted = words.map((word) => `'${word}'`);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}

export interface TextOptions extends FieldOptions {
  /** Characters. @default 1 */
  readonly minLength?: number;
  /** Characters. @default 1024 */
  readonly maxLength?: number;
  readonly pattern?: RegExp;
  /** What the text must be, in words; needed where a pattern says more than the lengths do. */
  readonly expected?: string;
  /** What to do about one particular wrong text. */
  readonly hint?: (text: string) => string | undefined;
}

/** A text. Control, bidirectional and invisible characters are always refused. */
export function text(options: TextOptions): Field<string> {
  return scalarField(options, textParts(options));
}

/** A text that is kept in a {@link Secret} from the moment it is read. */
export function secret(options: TextOptions): Field<Secret> {
  const parts = textParts(options);
  return scalarField(options, {
    ...parts,
    secret: true,
    schema: v.pipe(
      parts.schema as v.GenericSchema<unknown, string>,
      v.transform((plain) => new Secret(plain)),
    ),
    jsonSchema: { ...parts.jsonSchema, writeOnly: true },
  });
}

function textParts(options: TextOptions): ScalarParts {
  const { minLength = 1, maxLength = 1024, pattern, hint } = options;
  const length =
    minLength > 0 ? `a text of ${minLength} to ${maxLength} characters` : `a text of up to ${maxLength} characters`;
  const schema = v.pipe(v.string(), v.check(isPrintable, 'printable'), v.minLength(minLength), v.maxLength(maxLength));
  return {
    schema: pattern === undefined ? schema : v.pipe(schema, v.regex(pattern)),
    expected: options.expected ?? length,
    jsonSchema: {
      type: 'string',
      minLength,
      maxLength,
      ...(pattern === undefined ? {} : { pattern: pattern.source }),
    },
    fromText: (raw) => raw,
    hint: (value) => {
      if (typeof value === 'number' || typeof value === 'boolean') return 'put the text in quotes';
      if (typeof value !== 'string') return undefined;
      if (!isPrintable(value)) return 'remove the control or invisible characters';
      return hint?.(value);
    },
  };
}

/** True for a text without control, format (bidirectional, zero-width, tag), private, unassigned or lone surrogate characters. */
export function isPrintable(value: string): boolean {
  return value.isWellFormed() && !/\p{C}|\p{Zl}|\p{Zp}|\p{Variation_Selector}/u.test(value);
}

/** Any valibot schema as one value: the way in for types that have no builder here. */
export function custom<T>(
  schema: v.GenericSchema<unknown, T>,
  options: FieldOptions & {
    readonly expected: string;
    readonly jsonSchema: JsonSchema;
    readonly fromText?: (text: string) => unknown;
  },
): Field<T> {
  return scalarField(options, {
    schema,
    expected: options.expected,
    jsonSchema: options.jsonSchema,
    fromText: options.fromText ?? ((raw) => raw),
  });
}
