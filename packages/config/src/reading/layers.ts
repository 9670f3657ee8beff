import type { ConfigDefinition, Leaf } from '../fields/definition.ts';
import { parseDocument } from './document.ts';
import { snakeCase } from '../fields/key-names.ts';
import { quotesProblem } from '../fields/text-problem.ts';
import type { AnyField } from '../fields/field.ts';
import type { MapNode, Node, Place } from './node.ts';
import { nodeOf } from './node.ts';
import type { Notice } from '../describe/problems.ts';
import { pathText } from '../describe/problems.ts';
import { MAX_FILE_BYTES } from './read-file.ts';
import { readKeys } from './read-keys.ts';
import { readValue } from './read-value.ts';
import { INVALID } from './validation-context.ts';
import { FileSource, plainSource } from './source.ts';
import type { Issue, Source } from './source.ts';

/** A value that one layer gives to one leaf. */
export interface Assignment {
  readonly leaf: Leaf;
  readonly value: unknown;
  /** As written, for saving and for the places of what is inside. */
  readonly node: Node;
  readonly source: Source;
  /** The place of the key; used for a value that has no place of its own. */
  readonly keyPlace: Place | undefined;
}

/** The assignments, problems and notices of one layer. */
export interface Layer {
  readonly assignments: readonly Assignment[];
  readonly issues: readonly Issue[];
  readonly notices: readonly Notice[];
  /** Keys of leaves whose value is invalid; rules between keys are not applied to them. */
  readonly invalid: readonly string[];
}

/** Reads a text as the file layer. */
export function textLayer<T>(definition: ConfigDefinition<T>, name: string, content: string, folder: string): Layer {
  const text = content.replace(/^\u{FEFF}/u, '');
  const source = new FileSource(name, text, publicKeysOf(definition));
  if (Buffer.byteLength(text) > MAX_FILE_BYTES) {
    const issue: Issue = {
      rule: 'too_large',
      path: [],
      message: `the text is larger than ${MAX_FILE_BYTES} bytes`,
      source,
    };
    return { assignments: [], issues: [issue], notices: [], invalid: [] };
  }
  const { root, issues } = parseDocument(text, { rootMustBeMap: true });
  if (root === undefined) {
    return {
      assignments: [],
      issues: issues.map((issue) => ({ ...issue, path: [], source })),
      notices: [],
      invalid: [],
    };
  }
  source.parsed(root);
  return treeLayer(definition, root as MapNode, source, folder);
}

/** Names of keys that are scalars and never secrets, in both spellings. */
function publicKeysOf<T>(definition: ConfigDefinition<T>): ReadonlySet<string> {
  const open = new Set<string>();
  const secret = new Set<string>();
  const visit = (name: string, field: AnyField): void => {
    const children = field.kind === 'group' ? field.fields : {};
    if (field.kind === 'scalar') for (const key of [name, snakeCase(name)]) (field.secret ? secret : open).add(key);
    for (const [key, child] of Object.entries(children)) visit(key, child);
    if (field.kind === 'list') visit('', field.item);
    if (field.kind === 'map') visit('', field.value);
  };
  for (const [name, field] of Object.entries(definition.fields)) visit(name, field);
  return new Set([...open].filter((key) => !secret.has(key)));
}

/** Reads an object in memory as a layer. */
export function valuesLayer<T>(definition: ConfigDefinition<T>, name: string, values: object, folder: string): Layer {
  const root = nodeOf(values);
  if (root.kind !== 'map') throw new TypeError(`${name}: values must be a plain object with sections`);
  return treeLayer(definition, root, plainSource({ source: 'memory', name }), folder);
}

/** A value for one leaf from the command line. */
export interface FlagValue {
  /** Dotted path of the key, as `server.port`. */
  readonly path: string;
  /** The flag as typed, for messages: `--port`. */
  readonly flag: string;
  /** A text is read as it would be from the environment. */
  readonly value: unknown;
}

/**
 * Reads command-line values as a layer.
 * @throws {TypeError} for a path that the definition does not have.
 */
export function flagsLayer<T>(definition: ConfigDefinition<T>, flags: readonly FlagValue[], folder: string): Layer {
  const collected = new LayerBuilder(folder);
  for (const { path, flag, value } of flags) {
    const leaf = definition.leaves.find((candidate) => candidate.key === path);
    if (leaf === undefined) throw new TypeError(`the flag ${flag} names the unknown key ${path}`);
    const source = plainSource({ source: 'flag', flag });
    if (typeof value === 'string') collected.addText(leaf, value, source);
    else collected.add(leaf, nodeOf(value), source);
  }
  return collected;
}

/** Gathers the assignments of one layer. */
export class LayerBuilder implements Layer {
  readonly assignments: Assignment[] = [];
  readonly issues: Issue[] = [];
  readonly notices: Notice[] = [];
  readonly invalid: string[] = [];
  readonly #folder: string;

  /** `folder` is where relative paths start. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  add(leaf: Leaf, node: Node, source: Source, keyPlace?: Place): void {
    const before = this.issues.length;
    const value = readValue(leaf.field, node, leaf.path, {
      source,
      issues: this.issues,
      notices: this.notices,
      folder: this.#folder,
    });
    if (this.issues.length > before) this.invalid.push(leaf.key);
    // A null that means "unset": the value of the weaker layers counts.
    if (value === undefined) return;
    if (value !== INVALID) this.assignments.push({ leaf, value, node, source, keyPlace });
  }

  /** Adds a value given as one text. */
  addText(leaf: Leaf, text: string, source: Source): void {
    const inQuotes = leaf.field.kind === 'scalar' ? undefined : quotesProblem(text.trim());
    const result = nodeOfText(leaf.field, text);
    // Of a mapping the first key and the last value may be in quotes.
    if (inQuotes && result.root?.kind !== 'map') {
      this.#reject(leaf, { ...inQuotes, message: ` ${inQuotes.message}` }, source);
    } else if ('root' in result && result.root !== undefined) this.add(leaf, result.root, source);
    else {
      for (const issue of result.issues) this.#reject(leaf, { ...issue, message: `: ${issue.message}` }, source);
    }
  }

  #reject(
    { key, path }: Leaf,
    { rule, message, suggestion }: Pick<Issue, 'rule' | 'message' | 'suggestion'>,
    source: Source,
  ): void {
    const hint = suggestion === undefined ? {} : { suggestion };
    this.issues.push({ rule, path, source, message: `${pathText(path)}${message}`, ...hint });
    this.invalid.push(key);
  }
}

type TextResult = ReturnType<typeof parseDocument>;

/** A scalar has its own spellings, a list of scalars may be separated by commas or line ends, anything else is YAML or JSON. */
function nodeOfText(field: AnyField, text: string): TextResult {
  if (field.kind === 'scalar') return { root: { kind: 'scalar', value: field.fromText(text) }, issues: [] };
  const { item } = field.kind === 'list' ? field : { item: undefined };
  if (item?.kind === 'scalar' && !text.trim().startsWith('[')) {
    const parts = text.split(/[,\r\n]/).map((part) => part.trim());
    const items = parts
      .filter((part) => part !== '')
      .map((part): Node => ({ kind: 'scalar', value: item.fromText(part) }));
    return { root: { kind: 'list', items }, issues: [] };
  }
  const result = parseDocument(text, { rootMustBeMap: false });
  return result.root === undefined ? result : { root: withoutPlaces(result.root), issues: [] };
}

/** Without places: those in the text of a variable would be shown as places in a file. */
function withoutPlaces(node: Node): Node {
  if (node.kind === 'scalar') return { kind: 'scalar', value: node.value };
  if (node.kind === 'list') return { kind: 'list', items: node.items.map(withoutPlaces) };
  return { kind: 'map', entries: node.entries.map((entry) => ({ key: entry.key, node: withoutPlaces(entry.node) })) };
}

function treeLayer<T>(definition: ConfigDefinition<T>, root: MapNode, source: Source, folder: string): Layer {
  const builder = new LayerBuilder(folder);
  const leaves = new Map(definition.leaves.map((leaf) => [leaf.key, leaf]));
  const visit = (
    fields: Readonly<Record<string, AnyField>>,
    node: MapNode,
    path: readonly string[],
    other: NonNullable<Parameters<typeof readKeys>[4]>,
  ): void => {
    const context = { source, issues: builder.issues, folder };
    const entries = readKeys(fields, node, path, context, other);
    for (const [name, entry] of entries) {
      const own = [...path, name];
      const field = fields[name];
      const leaf = leaves.get(own.join('.'));
      if (leaf !== undefined) builder.add(leaf, entry.node, source, entry.keyPlace);
      else if (field?.kind === 'group' && entry.node.kind === 'map') {
        visit(field.fields, entry.node, own, { otherNames: field.otherNames });
      } else if (field !== undefined) {
        // A section that is not a mapping: reading it as a group reports why.
        readValue(field, entry.node, own, { source, issues: builder.issues, folder });
        builder.invalid.push(own.join('.'));
      }
    }
  };
  visit(definition.fields, root, [], { otherKeys: definition.otherKeys });
  return builder;
}
