/**
 * The schemas of one document as JSON Schema 2020-12, for requests. References stay references, into `$defs`, so that recursion
 * ends; a tool gets only the definitions that it reaches.
 */

import type { JsonSchema } from '@mcp/tool-base';
import { isObject, resolveReference, type JsonObject } from './json-pointer.ts';
import { MAX_SUBSCHEMAS, SchemaConverter, type ConvertedSchema, type Dialect } from './convert-schema.ts';
import { loosened } from './loosened.ts';
import { SharedDefinitions } from '../schema/shared-definitions.ts';
import { withhold } from './withheld.ts';

const MAX_BYTES = 256 * 1024;
/** The rest is for the arguments themselves. */
const MAX_REACHED_BYTES = 192 * 1024;
const MAX_REACHED_SUBSCHEMAS = 1500;
const LEFT_OUT: ConvertedSchema = {
  schema: { description: 'Any value: what it may be is left out here, because the whole schema is too large.' },
  references: new Set(),
  inPlace: new Set(),
  subschemas: 1,
  bytes: 100,
};

type Definitions = Readonly<Record<string, JsonObject | boolean>>;

interface Reached {
  readonly definitions: Definitions | undefined;
  readonly subschemas: number;
  readonly bytes: number;
  /** Whether definitions far from the arguments are left out. */
  readonly isCut: boolean;
}

export interface Bundle {
  readonly schema: JsonSchema;
  /** For checking arguments. */
  readonly definitions: SharedDefinitions;
}

export class SchemaSet {
  /** A name under `$defs` stands for the same definition in every tool of the document whose definitions are all there. */
  readonly #shared = new SharedDefinitions();
  readonly #document: JsonObject;
  readonly #converter: SchemaConverter;
  readonly #definitions = new Map<string, ConvertedSchema>();
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();
  readonly #reached = new Map<string, Reached>();
  readonly #loosened = new Map<JsonObject | boolean, JsonObject | boolean>();
  readonly #bundles = new Map<string, Definitions>();

  constructor(document: JsonObject, dialect: Dialect) {
    this.#document = document;
    this.#converter = new SchemaConverter(document, dialect, (reference) => this.#nameOf(reference));
  }

  /** One schema of an operation, with references into definitions. @throws {WithheldError} */
  convert(schema: unknown, reference?: string): ConvertedSchema {
    return this.#converter.convert(schema, reference);
  }

  /**
   * The input schema of a tool from its parts, with the definitions that they reach. Tools that reach the same definitions hold the
   * same `$defs`. Where they are too many, those that are furthest from the arguments are left out, and any value is taken in their
   * place.
   * @throws {WithheldError} for a schema that is too large, or that refers to itself without end
   */
  bundle(root: JsonObject, parts: readonly ConvertedSchema[]): Bundle {
    const direct = [...new Set(parts.flatMap(({ references }) => [...references]))].sort();
    const reached = this.#reachedFrom(direct);
    if (parts.reduce((sum, part) => sum + part.subschemas, reached.subschemas) > MAX_SUBSCHEMAS) {
      return withhold(`Its arguments have more than ${MAX_SUBSCHEMAS} schemas.`);
    }
    const { definitions } = reached;
    if (JSON.stringify(root).length + reached.bytes > MAX_BYTES) {
      return withhold(`Its arguments take more than ${MAX_BYTES} bytes.`);
    }
    return {
      schema: definitions === undefined ? root : { ...root, $defs: definitions },
      definitions: reached.isCut ? new SharedDefinitions() : this.#shared,
    };
  }

  #reachedFrom(direct: readonly string[]): Reached {
    const key = direct.join('\n');
    const known = this.#reached.get(key);
    if (known !== undefined) return known;
    const found = new Map<string, ConvertedSchema>();
    // The nearest first.
    const waiting = [...direct];
    let [subschemas, bytes, isCut] = [0, 0, false];
    for (const reference of waiting) {
      if (found.has(reference)) continue;
      const definition = this.#definitionOf(reference);
      const isTooMuch =
        subschemas + definition.subschemas > MAX_REACHED_SUBSCHEMAS || bytes + definition.bytes > MAX_REACHED_BYTES;
      if (isTooMuch && direct.includes(reference)) return withhold('Its arguments have a schema that is too large.');
      isCut ||= isTooMuch;
      const kept = isTooMuch ? LEFT_OUT : definition;
      found.set(reference, kept);
      subschemas += kept.subschemas;
      bytes += kept.bytes;
      waiting.push(...kept.references);
    }
    requireNoLoop(found);
    const definitions = this.#definitionsOf(found, isCut);
    const reached = { definitions, subschemas, bytes, isCut };
    this.#reached.set(key, reached);
    return reached;
  }

  /** One object for one set of definitions, whatever leads to it. */
  #definitionsOf(found: ReadonlyMap<string, ConvertedSchema>, isCut: boolean): Definitions | undefined {
    if (found.size === 0) return undefined;
    const named = [...found].map(([reference, { schema }]) => [this.#nameOf(reference), schema] as const);
    named.sort(([first], [second]) => (first < second ? -1 : 1));
    if (isCut) return Object.fromEntries(named.map(([name, schema]) => [name, this.#loosenedOnce(schema)]));
    const key = named.map(([name]) => name).join('\n');
    const definitions = this.#bundles.get(key) ?? Object.fromEntries(named);
    this.#bundles.set(key, definitions);
    return definitions;
  }

  /** Shared by the tools whose definitions are cut. */
  #loosenedOnce(schema: JsonObject | boolean): JsonObject | boolean {
    const known = this.#loosened.get(schema) ?? loosened(schema);
    this.#loosened.set(schema, known);
    return known;
  }

  #definitionOf(reference: string): ConvertedSchema {
    const known = this.#definitions.get(reference);
    if (known !== undefined) return known;
    const converted = this.#converter.convert(resolveReference(this.#document, reference).value, reference);
    this.#definitions.set(reference, converted);
    return converted;
  }

  /** The last part of the reference, and a number where that is taken. */
  #nameOf(reference: string): string {
    const known = this.#names.get(reference);
    if (known !== undefined) return known;
    const base = (reference.split('/').at(-1) ?? '').replaceAll(/[^A-Za-z0-9_.-]/g, '_').slice(0, 64) || 'schema';
    let name = base;
    for (let number = 2; this.#taken.has(name); number += 1) name = `${base}_${number}`;
    this.#taken.add(name);
    this.#names.set(reference, name);
    return name;
  }
}

/** A definition that applies itself to the same value, as by `allOf`, could never be checked. */
function requireNoLoop(reached: ReadonlyMap<string, ConvertedSchema>): void {
  const done = new Set<string>();
  const open = new Set<string>();
  const visit = (reference: string): void => {
    if (done.has(reference)) return;
    if (open.has(reference)) withhold(`The schema ${JSON.stringify(reference.slice(0, 100))} contains itself.`);
    open.add(reference);
    for (const next of reached.get(reference)?.inPlace ?? []) visit(next);
    open.delete(reference);
    done.add(reference);
  };
  for (const reference of reached.keys()) visit(reference);
}

/** Whether a schema is an object with exactly the properties that it names. */
export function closedProperties(schema: unknown): Readonly<Record<string, JsonSchema>> | undefined {
  if (!isObject(schema)) return undefined;
  const { type, properties, additionalProperties, ...rest } = schema;
  const isPlain = Object.keys(rest).every((key) => ['required', 'title', 'description', 'examples'].includes(key));
  if (type !== 'object' || !isObject(properties) || additionalProperties !== false || !isPlain) return undefined;
  return properties as Readonly<Record<string, JsonSchema>>;
}
