import type * as v from 'valibot';
import type { TextProblem } from './text-problem.ts';

/** `live`: a reload takes effect at once. `restart`: the running process keeps the old value, and says so. */
export type Reload = 'live' | 'restart';

export type JsonSchema = { readonly [key: string]: unknown };

/** What validation, environment names, documentation, JSON Schema and reload know of a field, stated once. */
export interface FieldBase {
  /** One sentence for the reference and for editors. */
  readonly doc: string;
  readonly reload: Reload;
  /** True when the value itself is a secret. */
  readonly secret: boolean;
  /** True when the key may be left out and has no default; its value is then undefined. */
  readonly optional: boolean;
  /** True when `null` is accepted and means the key is unset. */
  readonly nullable: boolean;
  /** Further environment variables, besides the one derived from the path. */
  readonly variables: readonly string[];
  readonly fallback: Fallback | undefined;
  /** What the value must be, in words: "a whole number from 1 to 65535". */
  readonly expected: string;
}

/** A default: a value as written in a file, or one computed from the rest of the configuration. */
export type Fallback =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'computed'; readonly doc: string; readonly compute: (values: never) => unknown };

export interface ScalarField extends FieldBase {
  readonly kind: 'scalar';
  /** The rule. A value of another type is an error, never converted. */
  readonly schema: v.GenericSchema<unknown, unknown>;
  readonly jsonSchema: JsonSchema;
  /** Converts a text from the environment or the command line; returns a text that it cannot convert unchanged. */
  readonly fromText: (text: string) => unknown;
  /** A suggestion for one particular invalid value, beyond `expected`. */
  readonly hint?: (value: unknown) => string | undefined;
  /** Rejects a text for a reason of its own, before `schema`. The text is not shown. */
  readonly problem?: (text: string) => TextProblem | undefined;
  /** Completes a valid value; relative paths in it start at `folder`. */
  readonly resolve?: (value: never, folder: string) => unknown;
  /** A mapping that is accepted in place of the scalar; `jsonSchema` describes both. */
  readonly mapping?: GroupField;
  /** What an operator should know about a value that is accepted. */
  readonly notice?: (value: unknown) => string | undefined;
}

export interface ListField extends FieldBase {
  readonly kind: 'list';
  readonly item: AnyField;
  readonly maxItems: number;
  readonly minItems: number;
  /** The property, or for scalars the value itself, that no two items may share. */
  readonly unique: string | true | undefined;
}

export interface MapField extends FieldBase {
  readonly kind: 'map';
  readonly keyPattern: RegExp;
  /** Tests of a key what the pattern cannot. */
  readonly keyAccepts: (key: string) => boolean;
  readonly keyExpected: string;
  readonly value: AnyField;
  readonly maxEntries: number;
}

export interface GroupField extends FieldBase {
  readonly kind: 'group';
  readonly fields: Readonly<Record<string, AnyField>>;
  /** Names that other programs have for a key, for hints. */
  readonly otherNames: Readonly<Record<string, string>>;
  readonly check: (value: never) => readonly GroupProblem[];
  /** It says where a secret is read from: a text in its place may be the secret. */
  readonly namesSecret: boolean;
}

/** An object whose `tag` key selects its other keys; `words` are texts that mean a whole case, such as `none`. */
export interface VariantField extends FieldBase {
  readonly kind: 'variant';
  readonly tag: string;
  readonly cases: Readonly<Record<string, GroupField>>;
  readonly words: readonly string[];
  /** The message for a text that is not one of the words, where older files had one. */
  readonly textMessage: string | undefined;
  /** Names that other programs have for a case, for hints. */
  readonly otherNames: Readonly<Record<string, string>>;
}

/** Breaks a rule between several keys of one group. `path` is relative to the group. */
export interface GroupProblem {
  readonly path: readonly string[];
  readonly message: string;
  readonly suggestion?: string;
}

export type AnyField = ScalarField | ListField | MapField | GroupField | VariantField;

/** A field whose value has type T. */
export type Field<T> = AnyField & { readonly '~value'?: () => T };

export type ValueOf<F> = F extends { readonly '~value'?: () => infer T } ? T : never;

/** True when the field or anything inside it is a secret. */
export function holdsSecret(field: AnyField): boolean {
  const known = secretFields.get(field);
  if (known !== undefined) return known;
  const answer = field.secret || anyPartHoldsSecret(field);
  secretFields.set(field, answer);
  return answer;
}

const secretFields = new WeakMap<AnyField, boolean>();

function anyPartHoldsSecret(field: AnyField): boolean {
  switch (field.kind) {
    case 'scalar':
      return false;
    case 'list':
      return holdsSecret(field.item);
    case 'map':
      return holdsSecret(field.value);
    case 'group':
      return Object.values(field.fields).some(holdsSecret);
    case 'variant':
      return Object.values(field.cases).some(holdsSecret);
  }
}
