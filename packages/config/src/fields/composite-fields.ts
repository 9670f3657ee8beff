import type { AnyField, Field, GroupField, GroupProblem, ListField, MapField, ValueOf, VariantField } from './field.ts';
import { requireField, requireOptions, requirePattern, requireString } from './option-checks.ts';
import { commonParts } from './scalar-field.ts';
import { wordList } from './word-fields.ts';
import type { FieldOptions } from './scalar-field.ts';

/** One field for every key of T. */
export type FieldsOf<T> = { readonly [K in keyof T]-?: Field<T[K]> };

/** The values that a record of fields describes. */
export type ValuesOf<F> = { readonly [K in keyof F]: ValueOf<F[K]> };

/** The key may be left out: its value is then undefined. `nullMeansUnset` also accepts an explicit null. */
export function optional<T>(field: Field<T>, options?: { readonly nullMeansUnset: boolean }): Field<T | undefined> {
  requireField('optional()', 'a field', field);
  const optionalField: AnyField = {
    ...field,
    optional: true,
    fallback: undefined,
    nullable: options?.nullMeansUnset ?? false,
  };
  return optionalField;
}

export interface ListOptions extends FieldOptions {
  /** @default 1000 */
  readonly maxItems?: number;
  /** @default 0 */
  readonly minItems?: number;
  /** The property no two items may share, or true when the items themselves must differ. */
  readonly unique?: string | true;
}

/** A list. A later layer replaces the whole list of an earlier one. */
export function list<T>(item: Field<T>, options: ListOptions): Field<readonly T[]> {
  requireField('list()', 'an item', item);
  const field: ListField = {
    kind: 'list',
    secret: false,
    ...commonParts(options),
    expected: 'a list',
    item,
    minItems: options.minItems ?? 0,
    maxItems: options.maxItems ?? 1000,
    unique: options.unique,
  };
  return field;
}

export interface MapOptions extends FieldOptions {
  readonly keyPattern: RegExp;
  /** Tests of a key what the pattern cannot. */
  readonly keyAccepts?: (key: string) => boolean;
  /** What a key must be, in words. */
  readonly keyExpected: string;
  /** @default 1000 */
  readonly maxEntries?: number;
}

/** A mapping whose keys are names that the user chooses. A later layer replaces the whole mapping of an earlier one. */
export function map<T>(value: Field<T>, options: MapOptions): Field<Readonly<Record<string, T>>> {
  requireField('map()', 'a value', value);
  requireOptions('map()', options);
  requirePattern('map()', 'keyPattern', options.keyPattern);
  requireString('map()', 'keyExpected', options.keyExpected);
  const field: MapField = {
    kind: 'map',
    secret: false,
    ...commonParts(options),
    expected: 'a mapping',
    value,
    keyPattern: options.keyPattern,
    keyAccepts: options.keyAccepts ?? (() => true),
    keyExpected: options.keyExpected,
    maxEntries: options.maxEntries ?? 1000,
  };
  return field;
}

export interface GroupOptions<T> {
  readonly doc: string;
  /** Rules between several keys of this group; run when every key by itself is valid. */
  readonly check?: (value: T) => readonly GroupProblem[];
  /** Names that other programs have for a key: `did you mean` answers them. */
  readonly otherNames?: Readonly<Record<string, string>>;
  /** It says where a secret is read from. A text in its place may be the secret, so problems do not show it. @default false */
  readonly namesSecret?: boolean;
}

/** An object with exactly these keys. At the top of a definition it is a section, whose keys have environment names. */
export function group<T>(fields: FieldsOf<T>, options: GroupOptions<T>): Field<T> {
  requireOptions('group()', fields);
  requireOptions('group()', options);
  for (const [name, field] of Object.entries(fields)) requireField('group()', name, field);
  return groupField(fields as Readonly<Record<string, AnyField>>, options);
}

/**
 * The keys of a section, for a larger one: `group({ ...fieldsOf(standardSections.security), apiKey })`.
 * @throws {TypeError} for a field that was not made by {@link group}
 */
export function fieldsOf<T>(section: Field<T>): FieldsOf<T> {
  if (section.kind !== 'group') throw new TypeError('fieldsOf() takes a section, made by group()');
  return section.fields as FieldsOf<T>;
}

function groupField<T>(fields: Readonly<Record<string, AnyField>>, options: GroupOptions<T>): GroupField {
  return {
    kind: 'group',
    secret: false,
    ...commonParts({ doc: options.doc }),
    expected: 'a mapping',
    fields,
    otherNames: options.otherNames ?? {},
    check: options.check ?? (() => []),
    namesSecret: options.namesSecret ?? false,
  };
}

export interface VariantOptions extends FieldOptions {
  /** The key that selects the case. @default 'type' */
  readonly tag?: string;
  /** Cases that may be written as their bare name, as in `-n: none`. */
  readonly words?: readonly string[];
  /** The message for a text in place of the mapping. */
  readonly textMessage?: string;
  /** Names that other programs have for a case: `did you mean` answers them. */
  readonly otherNames?: Readonly<Record<string, string>>;
}

/** An object whose `type` decides which other keys it has. T is the union of all cases. */
export function variant<T>(cases: Readonly<Record<string, AnyField>>, options: VariantOptions): Field<T> {
  requireOptions('variant()', cases);
  requireOptions('variant()', options);
  const groups: [string, GroupField][] = [];
  for (const [name, field] of Object.entries(cases)) {
    if (field.kind !== 'group') throw new TypeError(`case '${name}' of a variant must be built with group()`);
    groups.push([name, field]);
  }
  const tag = options.tag ?? 'type';
  const field: VariantField = {
    kind: 'variant',
    secret: false,
    ...commonParts(options),
    expected: `a mapping with ${tag}: ${wordList(Object.keys(cases))}`,
    tag,
    cases: Object.fromEntries(groups),
    words: options.words ?? [],
    textMessage: options.textMessage,
    otherNames: options.otherNames ?? {},
  };
  return field;
}
