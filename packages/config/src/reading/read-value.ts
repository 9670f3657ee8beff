import * as v from 'valibot';
import type { AnyField, GroupField, ListField, MapField, ScalarField, VariantField } from '../fields/field.ts';
import { holdsSecret } from '../fields/field.ts';
import { isPrototypeKey } from '../fields/key-names.ts';
import { caseNamed } from './nearest-case.ts';
import { nearest } from './nearest-key.ts';
import { nodeOf, placeWithin, type MapEntry, type MapNode, type Node } from './node.ts';
import { pathText } from '../describe/problems.ts';
import { duplicateKey, forbiddenKey, missing, readKeys, shownKey } from './read-keys.ts';
import { reportRepeats } from './report-repeats.ts';
import { holdsValue, isSensitive, markOptionValues } from './sensitive.ts';
import { shownValue } from './shown-text.ts';
import { INVALID, fail, hideAll, wrongKind } from './validation-context.ts';
import type { Details, ValidationContext } from './validation-context.ts';
import { wordList } from '../fields/word-fields.ts';
import { textSuggestion } from '../fields/text-problem.ts';
import type { Issue, Source } from './source.ts';

/** Checks one value against its field. Returns the value for the application, or INVALID after reporting every problem. */
export function readValue(field: AnyField, node: Node, path: readonly string[], context: ValidationContext): unknown {
  if (node.kind === 'scalar' && node.value === null) {
    if (field.nullable) return undefined;
    return fail(context, path, node.place, {
      rule: 'null',
      message: `${pathText(path)} must be ${field.expected}, but it is empty (null)`,
      expected: field.expected,
      suggestion: field.fallback === undefined && !field.optional ? undefined : 'remove the key to get the default',
    });
  }
  switch (field.kind) {
    case 'scalar':
      return readScalar(field, node, path, context);
    case 'list':
      return node.kind === 'list'
        ? readList(field, node.items, node, path, context)
        : wrongKind(field, node, path, context);
    case 'map':
      return node.kind === 'map' ? readMap(field, node, path, context) : wrongKind(field, node, path, context);
    case 'group':
      return node.kind === 'map' ? readGroup(field, node, path, context) : wrongKind(field, node, path, context);
    case 'variant':
      return readVariant(field, node, path, context);
  }
}

function readScalar(field: ScalarField, node: Node, path: readonly string[], context: ValidationContext): unknown {
  if (field.secret) hideAll(node, context.source);
  if (node.kind === 'map' && field.mapping !== undefined) return readGroup(field.mapping, node, path, context);
  if (node.kind !== 'scalar') return wrongKind(field, node, path, context);
  const problem = typeof node.value === 'string' ? field.problem?.(node.value) : undefined;
  if (problem !== undefined) {
    const { rule, message, suggestion } = problem;
    return fail(context, path, node.place, { rule, message: `${pathText(path)} ${message}`, suggestion });
  }
  const result = v.safeParse(field.schema, node.value, { abortEarly: true, abortPipeEarly: true });
  if (result.success) {
    const message = field.notice?.(node.value);
    if (message !== undefined) context.notices?.push({ message, origin: context.source.originAt(node.place) });
    return field.resolve === undefined ? result.output : field.resolve(result.output as never, context.folder);
  }
  const hidden = field.secret || isSensitive(node, path);
  const shown = hidden ? '' : `, but it is ${shownValue(node.value)}`;
  return fail(context, path, node.place, {
    rule: result.issues[0].type,
    message: `${pathText(path)} must be ${field.expected}${shown}`,
    expected: field.expected,
    suggestion: hidden
      ? secretHint(field, node.value)
      : (hintFor(node.value) ?? field.hint?.(node.value) ?? nearestWord(field, node.value)),
  });
}

/** A hint about a text may quote it; one about a value that is not text says only how to write a text. */
function secretHint(field: ScalarField, value: unknown): string | undefined {
  return typeof value === 'string' ? undefined : field.hint?.(value);
}

function hintFor(value: unknown): string | undefined {
  return typeof value === 'string' ? textSuggestion(value) : undefined;
}

function nearestWord(field: ScalarField, value: unknown): string | undefined {
  const words = field.jsonSchema['enum'] ?? field.jsonSchema['examples'];
  if (typeof value !== 'string' || !Array.isArray(words)) return undefined;
  const near = nearest(
    value,
    words.filter((word) => typeof word === 'string'),
  );
  return near === undefined ? undefined : `did you mean '${near}'?`;
}

function readList(
  field: ListField,
  items: readonly Node[],
  node: Node,
  path: readonly string[],
  context: ValidationContext,
): unknown {
  if (items.length < field.minItems || items.length > field.maxItems) {
    if (holdsSecret(field)) hideAll(node, context.source);
    return fail(context, path, node.place, {
      rule: items.length < field.minItems ? 'min_length' : 'max_length',
      message: `${pathText(path)} must have ${field.minItems} to ${field.maxItems} items, but it has ${items.length}`,
    });
  }
  markOptionValues(items);
  const values = items.map((item, index) => readValue(field.item, item, [...path, String(index)], context));
  const before = context.issues.length;
  if (field.unique !== undefined) reportRepeats(field.unique, values, items, path, context);
  return values.includes(INVALID) || context.issues.length > before ? INVALID : values;
}

function readMap(field: MapField, node: MapNode, path: readonly string[], context: ValidationContext): unknown {
  if (node.entries.length > field.maxEntries) {
    return fail(context, path, node.place, {
      rule: 'max_entries',
      message: `${pathText(path)} must have at most ${field.maxEntries} entries, but it has ${node.entries.length}`,
    });
  }
  const entries: [string, unknown][] = [];
  const seen = new Map<string, MapEntry>();
  for (const entry of node.entries) {
    const entryPath = [...path, entry.key];
    const earlier = seen.get(entry.key);
    if (
      isPrototypeKey(entry.key) ||
      holdsValue(entry) ||
      !field.keyPattern.test(entry.key) ||
      !field.keyAccepts(entry.key)
    ) {
      hideAll(entry.node, context.source);
      const name = shownKey(entry, context);
      fail(context, [...path, name], entry.keyPlace, wrongKey(field, name, path));
    } else if (earlier === undefined) {
      seen.set(entry.key, entry);
      const value = readValue(field.value, entry.node, entryPath, context);
      if (value !== INVALID) entries.push([entry.key, value]);
    } else {
      if (holdsSecret(field.value)) hideAll(entry.node, context.source);
      fail(context, entryPath, entry.keyPlace, duplicateKey(pathText(entryPath), earlier, entry, context));
    }
  }
  return Object.fromEntries(entries);
}

function wrongKey(field: MapField, key: string, path: readonly string[]): Details {
  if (isPrototypeKey(key)) return forbiddenKey(key);
  const message = `${shownValue(key)} cannot be a key of ${pathText(path)}: it must be ${field.keyExpected}`;
  return { rule: 'key', message, expected: field.keyExpected };
}

function readGroup(field: GroupField, node: MapNode, path: readonly string[], context: ValidationContext): unknown {
  const before = context.issues.length;
  const given = readKeys(field.fields, node, path, context, { otherNames: field.otherNames });
  const value: Record<string, unknown> = {};
  for (const [name, child] of Object.entries(field.fields)) {
    const entry = given.get(name);
    const childPath = [...path, name];
    if (entry !== undefined) value[name] = readValue(child, entry.node, childPath, context);
    else if (child.fallback?.kind === 'value') value[name] = defaultOf(child, childPath, context.folder);
    else if (child.optional) value[name] = undefined;
    else fail(context, childPath, node.place, missing(childPath, child));
  }
  // Rules between keys need every key; an unknown key does not prevent them.
  const complete = Object.keys(field.fields).every((name) => Object.hasOwn(value, name) && value[name] !== INVALID);
  const problems = complete ? field.check(value as never) : [];
  for (const problem of problems) {
    const at = placeWithin(node, problem.path);
    fail(context, [...path, ...problem.path], at, {
      rule: 'check',
      message: `${pathText([...path, ...problem.path])} ${problem.message}`,
      suggestion: problem.suggestion,
    });
  }
  return context.issues.length > before ? INVALID : value;
}

/** The value of a field's own default, in which a relative path starts at `folder`. A default that breaks the field's rule is a bug of the definition. */
export function defaultOf(field: AnyField, path: readonly string[], folder: string): unknown {
  const known = defaults.get(field);
  if (known !== undefined && (known.folder === undefined || known.folder === folder)) return known.value;
  const issues: Issue[] = [];
  const raw = field.fallback?.kind === 'value' ? field.fallback.value : undefined;
  let isAsked = false;
  const context: ValidationContext = {
    source: defaultSource,
    issues,
    get folder() {
      isAsked = true;
      return folder;
    },
  };
  const value = readValue(field, nodeOf(raw), path, context);
  if (issues[0] !== undefined) throw new TypeError(`the default of ${pathText(path)} is wrong: ${issues[0].message}`);
  defaults.set(field, { folder: isAsked ? folder : undefined, value });
  return value;
}

/** The folder of those that depend on one. */
const defaults = new WeakMap<AnyField, { readonly folder: string | undefined; readonly value: unknown }>();

const defaultSource: Source = { originAt: () => ({ source: 'default' }), hide: () => {}, snippetAt: () => undefined };

function readVariant(field: VariantField, node: Node, path: readonly string[], context: ValidationContext): unknown {
  if (node.kind === 'scalar' && typeof node.value === 'string') {
    const word = field.words.find((candidate) => candidate === node.value);
    const shape = word === undefined ? undefined : field.cases[word];
    if (shape !== undefined) return withTag(field, word, readValue(shape, { kind: 'map', entries: [] }, path, context));
    if (field.textMessage !== undefined) {
      return fail(context, path, node.place, {
        rule: 'type',
        message: `${pathText(path)} ${field.textMessage}`,
        expected: field.expected,
      });
    }
  }
  if (node.kind !== 'map') return wrongKind(field, node, path, context);
  const tagEntry = node.entries.find((entry) => entry.key === field.tag);
  const name = tagEntry?.node.kind === 'scalar' ? tagEntry.node.value : undefined;
  const shape = typeof name === 'string' && Object.hasOwn(field.cases, name) ? field.cases[name] : undefined;
  if (shape === undefined) {
    if (holdsSecret(field)) hideAll(node, context.source);
    const near = typeof name === 'string' ? caseNamed(field, name) : undefined;
    return fail(context, [...path, field.tag], tagEntry?.node.place ?? node.place, {
      rule: tagEntry === undefined ? 'required' : 'picklist',
      message:
        tagEntry === undefined
          ? `${pathText([...path, field.tag])} is required: it must be ${caseNames(field)}`
          : `${pathText([...path, field.tag])} must be ${caseNames(field)}, but it is ${shownValue(name)}`,
      expected: caseNames(field),
      suggestion: near === undefined ? undefined : `did you mean '${near}'?`,
    });
  }
  const rest: MapNode = { ...node, entries: node.entries.filter((entry) => entry !== tagEntry) };
  return withTag(field, name as string, readValue(shape, rest, path, context));
}

function withTag(field: VariantField, name: string | undefined, value: unknown): unknown {
  return value === INVALID ? INVALID : { [field.tag]: name, ...(value as object) };
}

function caseNames(field: VariantField): string {
  return wordList(Object.keys(field.cases));
}
