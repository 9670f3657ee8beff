import {
  CORE_SCHEMA,
  EVENT_ID,
  SCALAR_STYLE,
  YAMLException,
  constructFromEvents,
  defineMappingTag,
  getScalarValue,
  parseEvents,
} from 'js-yaml';
import type { Event, ScalarEvent } from 'js-yaml';
import { otherFormat } from './other-format.ts';
import { MAX_DEPTH } from './node.ts';
import type { MapEntry, Node, Place } from './node.ts';

/** A problem of the text itself, found before any field is read. */
export interface DocumentIssue {
  readonly rule:
    | 'syntax'
    | 'json_comment'
    | 'other_format'
    | 'empty'
    | 'document'
    | 'directive'
    | 'alias'
    | 'tag'
    | 'complex_key'
    | 'root';
  readonly message: string;
  readonly suggestion?: string;
  readonly place: Place;
}

export type DocumentResult =
  | { readonly root: Node; readonly issues: readonly [] }
  | { readonly root?: undefined; readonly issues: readonly DocumentIssue[] };

export interface DocumentOptions {
  /** A file must hold a mapping; the value of a variable may be a list or a scalar as well. */
  readonly rootMustBeMap: boolean;
}

/**
 * js-yaml's own mapping keeps one value per key. This one keeps the pairs in the order of the text, so that values can be
 * matched with their events and a duplicate key can be reported with both places.
 */
const pairsTag = defineMappingTag<[unknown, unknown][]>('tag:yaml.org,2002:map', {
  create: () => [],
  addPair: (pairs, key, value) => {
    pairs.push([key, value]);
    return '';
  },
  has: () => false,
  keys: (pairs) => pairs.map(([key]) => key),
  get: () => undefined,
  identify: () => false,
});

const schema = CORE_SCHEMA.withTags(pairsTag);

/**
 * Parses one YAML 1.2 document, or JSON, which is read as YAML. Aliases, tags, directives and a second document are
 * refused; every scalar keeps its place in the text.
 */
export function parseDocument(text: string, options: DocumentOptions): DocumentResult {
  let events: Event[];
  try {
    events = parseEvents(text, { maxDepth: MAX_DEPTH });
  } catch (error) {
    return { issues: [jsonCommentIssue(text) ?? otherFormatIssue(text) ?? syntaxIssue(error)] };
  }
  const structure = structureIssues(events);
  if (structure.length > 0) return { issues: structure };
  if (!events.some((event) => event.type !== EVENT_ID.DOCUMENT && event.type !== EVENT_ID.POP)) return emptyDocument;

  let document: unknown;
  try {
    [document] = constructFromEvents(events, { source: text, schema: schema, maxAliases: 0, maxTotalMergeKeys: 0 });
  } catch (error) {
    return { issues: [syntaxIssue(error)] };
  }
  const reader = new NodeReader(text, events);
  const root = reader.read(document, { start: 0, end: 0 });
  if (reader.issues.length > 0) return { issues: reader.issues };
  if (options.rootMustBeMap && root.kind !== 'map') {
    return {
      issues: [
        otherFormatIssue(text) ?? {
          rule: 'root',
          message: 'the file must hold a mapping of sections at its top level',
          suggestion: 'write sections such as `server:`, each with its keys indented below',
          place: root.place ?? { start: 0, end: 0 },
        },
      ],
    };
  }
  return { root, issues: [] };
}

const emptyDocument: DocumentResult = {
  issues: [
    {
      rule: 'empty',
      message: 'the file is empty or holds only comments',
      suggestion: 'write `{}` to run on the defaults',
      place: { start: 0, end: 0 },
    },
  ],
};

/** JSON with comments is a common format of editors; YAML reads `//` as a part of a value. */
function jsonCommentIssue(text: string): DocumentIssue | undefined {
  if (!/^\s*(?:[{[]|\/[/*])/.test(text)) return undefined;
  const start = /(?:^|[\s,{[])(?=\/[/*])/m.exec(text);
  if (start === null) return undefined;
  const offset = start.index + start[0].length;
  return {
    rule: 'json_comment',
    message: 'comments with // or /* */ are not supported',
    suggestion: 'begin comments with #, or remove them',
    place: { start: offset, end: offset },
  };
}

function otherFormatIssue(text: string): DocumentIssue | undefined {
  const format = otherFormat(text);
  if (format === undefined) return undefined;
  const { message, suggestion, offset } = format;
  return { rule: 'other_format', message, suggestion, place: { start: offset, end: offset } };
}

function syntaxIssue(error: unknown): DocumentIssue {
  // The exception's message and snippet quote the text, which may hold secrets; only its reason and place are kept.
  const known = error instanceof YAMLException;
  const start = known ? (error.mark?.position ?? 0) : 0;
  const reason = known ? error.reason : 'the text could not be parsed';
  return { rule: 'syntax', message: `not valid YAML: ${printable(reason)}`, place: { start, end: start } };
}

/** js-yaml quotes names of the text in some reasons (an unknown anchor, a duplicated directive). */
function printable(reason: string): string {
  return reason.replaceAll(/[^ -~]/g, '?').slice(0, 120);
}

function structureIssues(events: readonly Event[]): DocumentIssue[] {
  const issues: DocumentIssue[] = [];
  let documents = 0;
  for (const [index, event] of events.entries()) {
    if (event.type === EVENT_ID.DOCUMENT) {
      documents += 1;
      const next = events[index + 1];
      const start = next === undefined ? 0 : Math.max(0, startOf(next));
      if (documents > 1) {
        issues.push({
          rule: 'document',
          message: 'a second YAML document begins here; a configuration is one document',
          suggestion: 'remove the `---` line and all that follows it',
          place: { start, end: start },
        });
      }
      if (event.directives.some((directive) => directive.kind !== 'yaml' || directive.version !== '1.2')) {
        issues.push({
          rule: 'directive',
          message: 'directives other than %YAML 1.2 are not supported',
          suggestion: 'remove the lines that start with %',
          place: { start: 0, end: 0 },
        });
      }
    } else if (event.type === EVENT_ID.ALIAS) {
      issues.push({
        rule: 'alias',
        message: 'aliases (`*name`) are not supported',
        suggestion: 'write the value out here',
        place: { start: event.anchorStart - 1, end: event.anchorEnd },
      });
    } else if (event.type !== EVENT_ID.POP && event.tagStart >= 0) {
      issues.push({
        rule: 'tag',
        message: 'tags (`!name`) are not supported',
        suggestion: 'remove the tag, or put the value in quotes',
        place: { start: event.tagStart, end: event.tagEnd },
      });
    }
  }
  return issues;
}

function startOf(event: Event): number {
  if (event.type === EVENT_ID.SCALAR) return event.valueStart;
  if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) return event.start;
  return event.type === EVENT_ID.ALIAS ? event.anchorStart : 0;
}

/** Reads the constructed values for the content and the events for the places, in parallel. */
class NodeReader {
  readonly issues: DocumentIssue[] = [];
  readonly #text: string;
  readonly #events: readonly Event[];
  #index = 1;

  constructor(text: string, events: readonly Event[]) {
    this.#text = text;
    this.#events = events;
  }

  read(value: unknown, before: Place): Node {
    const event = this.#events[this.#index];
    this.#index += 1;
    if (event?.type === EVENT_ID.MAPPING) return this.#readMap(value as [unknown, unknown][], event.start);
    if (event?.type === EVENT_ID.SEQUENCE) return this.#readList(value as unknown[], event.start, before);
    const place = event?.type === EVENT_ID.SCALAR ? scalarPlace(event) : undefined;
    // A missing value has no place of its own; use the end of what comes before it.
    return { kind: 'scalar', value, place: place ?? { start: before.end, end: before.end } };
  }

  #readMap(pairs: readonly [unknown, unknown][], start: number): Node {
    const entries: MapEntry[] = [];
    for (const [key, value] of pairs) {
      const event = this.#events[this.#index];
      const keyNode = this.read(key, { start, end: start });
      const keyPlace = keyNode.place ?? { start, end: start };
      if (event?.type === EVENT_ID.SCALAR) {
        entries.push({ key: getScalarValue(this.#text, event), keyPlace, node: this.read(value, keyPlace) });
      } else {
        this.issues.push({ rule: 'complex_key', message: 'a key must be a string', place: keyPlace });
        this.read(value, keyPlace);
      }
    }
    this.#index += 1;
    const last = entries.at(-1)?.node.place?.end ?? start;
    return { kind: 'map', entries, place: { start, end: Math.max(start, last) } };
  }

  #readList(values: readonly unknown[], start: number, before: Place): Node {
    const items: Node[] = [];
    for (const value of values) items.push(this.read(value, items.at(-1)?.place ?? { start, end: start }));
    this.#index += 1;
    const last = items.at(-1)?.place?.end ?? Math.max(start, before.end);
    return { kind: 'list', items, place: { start, end: Math.max(start, last) } };
  }
}

function scalarPlace(event: ScalarEvent): Place | undefined {
  if (event.valueStart < 0) return undefined;
  const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
  return quoted
    ? { start: event.valueStart - 1, end: event.valueEnd + 1 }
    : { start: event.valueStart, end: event.valueEnd };
}
