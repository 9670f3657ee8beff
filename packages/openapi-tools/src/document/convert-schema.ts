/** Schemas of OpenAPI 3.0, 3.1 and 3.2 as JSON Schema 2020-12. */

import { sanitizeText } from '@mcp/tool-base';
import { dereference, isObject, resolveReference, type JsonObject } from './json-pointer.ts';
import { hasType, isPlainKeyword, plainValue } from './plain-keyword.ts';
import { withhold } from './withheld.ts';

/** 3.0 has a dialect of its own; later versions use JSON Schema 2020-12. */
export type Dialect = '3.0' | '3.1';

export interface ConvertedSchema {
  readonly schema: JsonObject | boolean;
  /** Definitions that it refers to. */
  readonly references: ReadonlySet<string>;
  /** Those of them that apply to the same value. */
  readonly inPlace: ReadonlySet<string>;
  readonly subschemas: number;
  /** As JSON. */
  readonly bytes: number;
}

/** In the arguments of one operation. */
export const MAX_SUBSCHEMAS = 2000;
const MAX_DEPTH = 32;
const MAX_EXAMPLE_LENGTH = 200;

type Keys = ReadonlySet<string>;

const ONE_SCHEMA: Keys = new Set(
  'items additionalProperties contains propertyNames unevaluatedItems unevaluatedProperties'.split(' '),
);
const ONE_SCHEMA_IN_PLACE: Keys = new Set(['not', 'if', 'then', 'else']);
const LIST_IN_PLACE: Keys = new Set(['allOf', 'anyOf', 'oneOf']);
const MAP_OF_SCHEMAS: Keys = new Set(['properties', 'patternProperties', 'dependentSchemas']);
const TEXTS: Keys = new Set(['title', 'description']);

interface Progress {
  /** The reference of what is converted, where that says that `$recursiveRef` means itself. */
  readonly self: string | undefined;
  readonly references: Set<string>;
  readonly inPlace: Set<string>;
  subschemas: number;
}

export class SchemaConverter {
  readonly #document: JsonObject;
  readonly #dialect: Dialect;
  readonly #nameOf: (reference: string) => string;

  constructor(document: JsonObject, dialect: Dialect, nameOf: (reference: string) => string) {
    this.#document = document;
    this.#dialect = dialect;
    this.#nameOf = nameOf;
  }

  /**
   * @param reference where the schema is in the document; none for one that is inside an operation
   * @throws {WithheldError}
   */
  convert(schema: unknown, reference?: string): ConvertedSchema {
    const self = isObject(schema) && schema['$recursiveAnchor'] === true ? reference : undefined;
    const progress: Progress = { self, references: new Set(), inPlace: new Set(), subschemas: 0 };
    const converted = this.#convert(schema, 0, true, progress);
    const { references, inPlace: applied, subschemas } = progress;
    return { schema: converted, bytes: JSON.stringify(converted).length, references, inPlace: applied, subschemas };
  }

  #convert(schema: unknown, depth: number, inPlace: boolean, progress: Progress): JsonObject | boolean {
    progress.subschemas += 1;
    if (progress.subschemas > MAX_SUBSCHEMAS) return withhold(`It has more than ${MAX_SUBSCHEMAS} schemas in one.`);
    if (typeof schema === 'boolean') return schema;
    // YAML that leaves the value out, and a boolean in quotation marks.
    if (schema === null || schema === 'true') return true;
    if (schema === 'false') return false;
    if (!isObject(schema)) return withhold('It has a schema that is not an object.');
    if (depth >= MAX_DEPTH) return withhold(`It has schemas nested deeper than ${MAX_DEPTH} levels.`);
    if ('$dynamicRef' in schema) return withhold('It has a schema with $dynamicRef, which is not supported.');
    const isRecursive = '$recursiveRef' in schema;
    if (!('$ref' in schema) && !isRecursive) return this.#convertMembers(schema, depth, inPlace, progress);
    const reference = isRecursive
      ? (progress.self ??
        withhold('It has a schema with $recursiveRef, which is supported inside its own schema only.'))
      : resolveReference(this.#document, schema['$ref']).reference;
    progress.references.add(reference);
    if (inPlace) progress.inPlace.add(reference);
    const target = { $ref: `#/$defs/${this.#nameOf(reference)}` };
    if (this.#dialect === '3.0') return target;
    const { $ref: _, ...beside } = schema;
    return { ...this.#convertMembers(beside, depth, inPlace, progress), ...target };
  }

  #convertMembers(schema: JsonObject, depth: number, inPlace: boolean, progress: Progress): JsonObject {
    const inner = (value: unknown, isInPlace: boolean): JsonObject | boolean =>
      this.#convert(value, depth + 1, isInPlace, progress);
    const members = (key: string): Record<string, unknown> => {
      const map = schema[key];
      if (!isObject(map)) return withhold(`It has a schema whose ${key} is not an object.`);
      const kept = Object.entries(map).filter(([, value]) => key !== 'properties' || !this.#isReadOnly(value));
      return Object.fromEntries(
        kept.map(([name, value]) => [name, inner(value, key === 'dependentSchemas' && inPlace)]),
      );
    };
    const list = (key: string, isInPlace: boolean): unknown[] => {
      const items = schema[key];
      if (!Array.isArray(items)) return withhold(`It has a schema whose ${key} is not a list.`);
      return items.map((item) => inner(item, isInPlace));
    };
    const converted: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(schema)) {
      if (TEXTS.has(key)) converted[key] = sanitizeText(String(value)).text;
      else if (MAP_OF_SCHEMAS.has(key)) converted[key] = members(key);
      else if (LIST_IN_PLACE.has(key)) converted[key] = list(key, inPlace);
      else if (key === 'prefixItems') converted[key] = list(key, false);
      else if (ONE_SCHEMA_IN_PLACE.has(key)) converted[key] = inner(value, inPlace);
      else if (ONE_SCHEMA.has(key)) converted[key] = inner(value, false);
      else if (isPlainKeyword(key, value)) converted[key] = plainValue(key, value);
    }
    this.#addRequired(schema, converted);
    addItems(converted);
    addExample(schema, converted);
    return withFittingValues(fromOpenApi30(schema, converted));
  }

  /** What only the server sets is not an argument. */
  #isReadOnly(property: unknown): boolean {
    if (!isObject(property)) return false;
    if (property['readOnly'] === true) return true;
    if (!('$ref' in property)) return false;
    const target = dereference(this.#document, property);
    return isObject(target) && target['readOnly'] === true;
  }

  #addRequired(schema: JsonObject, converted: Record<string, unknown>): void {
    const { required, properties } = schema;
    if (!Array.isArray(required)) return;
    const names = required.filter((name): name is string => typeof name === 'string');
    const hidden = isObject(properties) ? properties : {};
    const kept = names.filter((name) => !Object.hasOwn(hidden, name) || !this.#isReadOnly(hidden[name]));
    if (kept.length > 0) converted['required'] = [...new Set(kept)];
  }
}

function addExample(schema: JsonObject, converted: Record<string, unknown>): void {
  const { example } = schema;
  if (example !== undefined && converted['examples'] === undefined) converted['examples'] = [example];
  if (converted['examples'] === undefined) return;
  const isShort =
    Array.isArray(converted['examples']) && JSON.stringify(converted['examples']).length <= MAX_EXAMPLE_LENGTH;
  if (!isShort) delete converted['examples'];
}

/** A model copies them. */
function withFittingValues(schema: JsonObject): JsonObject {
  const { default: value, examples, ...rest } = schema;
  const { type } = schema;
  if (type === undefined || (value === undefined && examples === undefined)) return schema;
  const fitting = Array.isArray(examples) ? examples.filter((example) => hasType(example, type)) : [];
  return {
    ...rest,
    ...(value !== undefined && hasType(value, type) && { default: value }),
    ...(fitting.length > 0 && { examples: fitting }),
  };
}

/** A list without a description of its items has any items; some models refuse a list that does not say so. */
function addItems(converted: Record<string, unknown>): void {
  const { type } = converted;
  const isList = type === 'array' || (Array.isArray(type) && type.includes('array'));
  if (isList && converted['items'] === undefined && converted['prefixItems'] === undefined) converted['items'] = {};
}

/**
 * `nullable`, and limits that are excluded by a boolean beside them. Documents that say 3.1 have them too, where they were converted
 * by changing the version.
 */
function fromOpenApi30(schema: JsonObject, converted: Record<string, unknown>): JsonObject {
  for (const [excluded, limit] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (schema[excluded] !== true || converted[limit] === undefined) continue;
    converted[excluded] = converted[limit];
    delete converted[limit];
  }
  if (schema['nullable'] !== true) return converted;
  const { type, enum: values } = converted;
  if (Array.isArray(values) && !values.includes(null)) converted['enum'] = [...(values as unknown[]), null];
  if (typeof type === 'string') return { ...converted, type: [type, 'null'] };
  if ([...LIST_IN_PLACE].some((key) => key in converted)) return { anyOf: [converted, { type: 'null' }] };
  return converted;
}
