/** Schemas of OpenAPI 3.0, 3.1 and 3.2 as JSON Schema 2020-12. */

import { sanitizeText } from '@mcp/tool-base';
import { dereference, isObject, resolveReference, type JsonObject } from './json-pointer.ts';
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
const COPIED: Keys = new Set(
  (
    'type enum const default format deprecated pattern minLength maxLength multipleOf minimum maximum exclusiveMinimum ' +
    'exclusiveMaximum minItems maxItems uniqueItems minContains maxContains minProperties maxProperties required ' +
    'dependentRequired contentEncoding contentMediaType examples'
  ).split(' '),
);
const UNSUPPORTED = ['$dynamicRef', '$recursiveRef', '$id', '$anchor', '$dynamicAnchor'];

interface Progress {
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

  /** @throws {WithheldError} */
  convert(schema: unknown): ConvertedSchema {
    const progress: Progress = { references: new Set(), inPlace: new Set(), subschemas: 0 };
    const converted = this.#convert(schema, 0, true, progress);
    return { schema: converted, bytes: JSON.stringify(converted).length, ...progress };
  }

  #convert(schema: unknown, depth: number, inPlace: boolean, progress: Progress): JsonObject | boolean {
    progress.subschemas += 1;
    if (progress.subschemas > MAX_SUBSCHEMAS) return withhold(`It has more than ${MAX_SUBSCHEMAS} schemas in one.`);
    if (typeof schema === 'boolean') return schema;
    if (!isObject(schema)) return withhold('It has a schema that is no object.');
    if (depth >= MAX_DEPTH) return withhold(`It has schemas nested deeper than ${MAX_DEPTH} levels.`);
    const unsupported = UNSUPPORTED.find((key) => key in schema);
    if (unsupported !== undefined) return withhold(`It has a schema with ${unsupported}, which is not supported.`);
    if (!('$ref' in schema)) return this.#convertMembers(schema, depth, inPlace, progress);
    const { reference } = resolveReference(this.#document, schema['$ref']);
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
      if (!isObject(map)) return withhold(`It has a schema whose ${key} is no object.`);
      const kept = Object.entries(map).filter(([, value]) => key !== 'properties' || !this.#isReadOnly(value));
      return Object.fromEntries(
        kept.map(([name, value]) => [name, inner(value, key === 'dependentSchemas' && inPlace)]),
      );
    };
    const list = (key: string, isInPlace: boolean): unknown[] => {
      const items = schema[key];
      if (!Array.isArray(items)) return withhold(`It has a schema whose ${key} is no list.`);
      return items.map((item) => inner(item, isInPlace));
    };
    const converted: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(schema)) {
      if (TEXTS.has(key)) converted[key] = sanitizeText(String(value)).text;
      else if (COPIED.has(key)) converted[key] = value;
      else if (MAP_OF_SCHEMAS.has(key)) converted[key] = members(key);
      else if (LIST_IN_PLACE.has(key)) converted[key] = list(key, inPlace);
      else if (key === 'prefixItems') converted[key] = list(key, false);
      else if (ONE_SCHEMA_IN_PLACE.has(key)) converted[key] = inner(value, inPlace);
      else if (ONE_SCHEMA.has(key)) converted[key] = inner(value, false);
    }
    this.#fixRequired(schema, converted);
    addExample(schema, converted);
    return this.#dialect === '3.0' ? fromOpenApi30(schema, converted) : converted;
  }

  /** What only the server sets is no argument. */
  #isReadOnly(property: unknown): boolean {
    if (!isObject(property)) return false;
    if (property['readOnly'] === true) return true;
    if (!('$ref' in property)) return false;
    const target = dereference(this.#document, property);
    return isObject(target) && target['readOnly'] === true;
  }

  #fixRequired(schema: JsonObject, converted: Record<string, unknown>): void {
    const { required, properties } = schema;
    delete converted['required'];
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

/** `nullable`, and limits that are excluded by a boolean beside them. */
function fromOpenApi30(schema: JsonObject, converted: Record<string, unknown>): JsonObject {
  for (const [excluded, limit] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof converted[excluded] !== 'boolean') continue;
    const isExcluded = converted[excluded];
    delete converted[excluded];
    if (!isExcluded || converted[limit] === undefined) continue;
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
