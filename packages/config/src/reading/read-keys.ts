import type { AnyField } from '../fields/field.ts';
import { holdsSecret } from '../fields/field.ts';
import { isPrototypeKey, snakeCase } from '../fields/key-names.ts';
import { nearest } from './nearest-key.ts';
import type { MapEntry, MapNode } from './node.ts';
import { pathText } from '../describe/problems.ts';
import { fail, hideAll } from './validation-context.ts';
import type { Details, ValidationContext } from './validation-context.ts';
import { quotedText } from '../describe/visible-text.ts';
import { nameIn } from './shown-text.ts';

interface OtherKeys {
  /** Keys of other files, with what to say about each. */
  readonly otherKeys?: Readonly<Record<string, string>> | undefined;
  /** Names that other programs have for a key. */
  readonly otherNames?: Readonly<Record<string, string>>;
}

/** Reports the entries whose key is no valid one, and returns the rest under their canonical names. */
export function readKeys(
  fields: Readonly<Record<string, AnyField>>,
  node: MapNode,
  path: readonly string[],
  context: ValidationContext,
  { otherKeys = {}, otherNames = {} }: OtherKeys = {},
): Map<string, MapEntry> {
  const known = new Map<string, MapEntry>();
  for (const entry of node.entries) {
    const name = canonicalName(fields, entry.key);
    if (isPrototypeKey(entry.key) || name === undefined) {
      hideAll(entry.node, context.source);
      const foreign = Object.hasOwn(otherKeys, entry.key) ? otherKeys[entry.key] : undefined;
      const details =
        foreign === undefined
          ? unknownKey(fields, entry.key, path, otherNames)
          : { rule: 'other_file', message: foreign };
      fail(context, [...path, shownKey(entry, context)], entry.keyPlace, details);
      continue;
    }
    const earlier = known.get(name);
    if (earlier === undefined) known.set(name, entry);
    else {
      if (holdsSecret(fields[name] as AnyField)) hideAll(entry.node, context.source);
      fail(context, [...path, name], entry.keyPlace, duplicateKey(pathText([...path, name]), earlier, entry, context));
    }
  }
  return known;
}

function canonicalName(fields: Readonly<Record<string, AnyField>>, key: string): string | undefined {
  if (Object.hasOwn(fields, key)) return key;
  if (!key.includes('_')) return undefined;
  const camel = key.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return Object.hasOwn(fields, camel) && snakeCase(camel) === key ? camel : undefined;
}

function unknownKey(
  fields: Readonly<Record<string, AnyField>>,
  key: string,
  path: readonly string[],
  otherNames: NonNullable<OtherKeys['otherNames']>,
): Details {
  const where = path.length === 0 ? 'at the top level' : `in ${pathText(path)}`;
  if (isPrototypeKey(key)) return forbiddenKey(key);
  if (key === '<<') {
    return {
      rule: 'unknown_key',
      message: "merge keys ('<<') are not supported",
      suggestion: 'write the keys out here',
    };
  }
  if (/^\s*(?:\/\/|\/\*)/.test(key)) return jsonComment;
  const name = nameIn(key);
  const cut = name !== key;
  const names = Object.keys(fields).join(', ');
  const meant = Object.hasOwn(otherNames, name) ? otherNames[name] : undefined;
  const near = meant ?? (name === '' ? undefined : nearest(name, Object.keys(fields)));
  return {
    rule: 'unknown_key',
    message: `unknown key ${quotedText(cut ? `${name}…` : key)} ${where}`,
    expected: `one of ${names}`,
    suggestion: suggestionFor(near, cut) ?? `the keys here are ${names}`,
  };
}

const jsonComment: Details = {
  rule: 'json_comment',
  message: 'comments with // or /* */ are not supported',
  suggestion: 'begin comments with #, or remove them',
};

function suggestionFor(near: string | undefined, cut: boolean): string | undefined {
  if (near === undefined) return undefined;
  return cut ? `write '${near}: ' with a space after the colon, and check the quotes` : `did you mean '${near}'?`;
}

/** A key as problems show it. One that holds more than a name may hold a secret: the rest is cut, in the snippet too. */
export function shownKey(entry: MapEntry, context: ValidationContext): string {
  const name = nameIn(entry.key);
  if (name === entry.key) return name;
  context.source.hide(entry.keyPlace);
  return `${name}…`;
}

export function duplicateKey(name: string, earlier: MapEntry, entry: MapEntry, context: ValidationContext): Details {
  const first = context.source.originAt(earlier.keyPlace);
  const line = first.source === 'file' ? ` (first on line ${first.line})` : '';
  const spellings = earlier.key === entry.key ? '' : `, once as '${earlier.key}' and once as '${entry.key}'`;
  return {
    rule: 'duplicate_key',
    message: `${name} is given twice${spellings}${line}`,
    suggestion: 'keep one of the two',
  };
}

/** The report for a key that would reach an object's prototype. */
export function forbiddenKey(key: string): Details {
  return { rule: 'forbidden_key', message: `the key ${quotedText(key)} is never allowed`, suggestion: 'remove it' };
}

/** The report for a key that must be set and is not. */
export function missing(path: readonly string[], field: AnyField): Details {
  return {
    rule: 'required',
    message: `${pathText(path)} is required`,
    expected: field.expected,
    suggestion: `set it to ${field.expected}`,
  };
}
