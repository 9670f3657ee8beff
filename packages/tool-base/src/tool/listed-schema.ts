import { patternInWords } from '../command/value-type.ts';
import type { JsonSchema } from '../declare/json-schema.ts';
import { rulesOf } from './rules-in-words.ts';

/** Strict function calling of some model APIs refuses these; descriptions say them, see `withRulesInWords`. */
const BOUNDS: ReadonlySet<string> = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
]);

/**
 * A schema as `tools/list` has it, where a model pays for every byte in every conversation: without the keywords that the
 * descriptions of its arguments repeat, and without what is true of nearly every tool. A client that asks its model API for
 * strict function calling closes the object itself, together with the other things that its API wants.
 *
 * @param schema with its rules in words
 */
export function listedSchema(schema: JsonSchema): JsonSchema {
  const { additionalProperties, required, properties, ...rest } = schema;
  if (!isSchema(properties)) return schema;
  const names = Object.keys(properties);
  const listed = names.map((name) => [name, withoutBounds(properties[name])]);
  // Without properties, some clients would take the object for one that accepts any.
  const isClosed = additionalProperties === false && names.length > 0;
  return {
    ...rest,
    properties: Object.fromEntries(listed) as JsonSchema,
    ...(Array.isArray(required) && required.length > 0 && { required: required as unknown[] }),
    ...(additionalProperties !== undefined && !isClosed && { additionalProperties }),
  };
}

function withoutBounds(property: unknown): unknown {
  if (!isSchema(property)) return property;
  const kept = Object.entries(property).filter(
    ([key, value]) =>
      !BOUNDS.has(key) &&
      !(key === 'pattern' && isWorded(value)) &&
      !(key === 'allOf' && Array.isArray(value) && value.every(isWordedPattern)),
  );
  const { items } = property;
  // The rules of items are in nobody's description.
  const isFree = isSchema(items) && rulesOf(items).length === 0;
  return { ...Object.fromEntries(kept), ...(isFree && { items: withoutBounds(items) }) };
}

function isWordedPattern(part: unknown): boolean {
  return isSchema(part) && Object.keys(part).length === 1 && isWorded(part['pattern']);
}

function isWorded(pattern: unknown): boolean {
  return typeof pattern === 'string' && patternInWords(pattern) !== undefined;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
