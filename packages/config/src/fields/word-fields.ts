import * as v from 'valibot';
import { requireOptions } from './option-checks.ts';
import type { AnyField, Field } from './field.ts';
import { scalarField } from './scalar-field.ts';
import type { FieldOptions } from './scalar-field.ts';

/** The spellings of a boolean in the environment and on the command line, compared without regard to case. */
const booleanTexts: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'on', '1'].map((text): [string, boolean] => [text, true]),
  ...['false', 'no', 'off', '0'].map((text): [string, boolean] => [text, false]),
]);

/** `true` or `false`; from the environment also yes, on, 1, no, off, 0. */
export function boolean(options: FieldOptions): Field<boolean> {
  return scalarField(options, {
    schema: v.boolean(),
    expected: 'true or false',
    jsonSchema: { type: 'boolean' },
    fromText: (text) => booleanTexts.get(text.trim().toLowerCase()) ?? text,
    hint: (value) => {
      const meant = typeof value === 'string' ? booleanTexts.get(value.toLowerCase()) : undefined;
      return meant === undefined ? undefined : `write ${meant}, without quotes`;
    },
  });
}

export interface ChoiceOptions extends FieldOptions {
  /** Turns another spelling into one of the words, as `WARNING` into `warn`. */
  readonly spelling?: (text: string) => string;
  /** What people write for one of the words, `true` and `false` included: `did you mean` answers them. */
  readonly otherNames?: Readonly<Record<string, string>>;
  /** What to do about one particular wrong word. */
  readonly hint?: (value: unknown) => string | undefined;
  /** What an operator should know about a value that is accepted. */
  readonly notice?: (value: unknown) => string | undefined;
}

/** One of a few words. */
export function choice<const W extends string>(words: readonly W[], options: ChoiceOptions): Field<W> {
  if (!Array.isArray(words) || words.length === 0) throw new TypeError('choice() needs a list of words');
  requireOptions('choice()', options);
  const { spelling, notice, hint, otherNames = {} } = options;
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
    hint: (value) => {
      if (typeof value === 'boolean' && words.includes(String(value))) return 'put it in quotes';
      const meant = otherNames[String(value)];
      return meant === undefined ? hint?.(value) : `did you mean '${meant}'?`;
    },
    ...(notice === undefined ? {} : { notice }),
  });
}

/** What a scalar field accepts, or one word in place of it. */
export function orWord<T, const W extends string>(field: Field<T>, word: W): Field<T | W> {
  if (field.kind !== 'scalar') throw new TypeError('orWord() takes a field of one value, such as integer()');
  const { schema, expected, jsonSchema, fromText } = field;
  const either: AnyField = {
    ...field,
    schema: v.union([v.literal(word), schema]),
    expected: `${expected}, or '${word}'`,
    jsonSchema: { anyOf: [jsonSchema, { const: word }] },
    fromText: (text) => (text.trim() === word ? word : fromText(text)),
  };
  return either;
}

/** `'a', 'b' or 'c'` */
export function wordList(words: readonly string[]): string {
  const quoted = words.map((word) => `'${word}'`);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}
