import { patternInWords } from '../command/value-type.ts';
import { isObjectSchema, type JsonSchema } from '../declare/json-schema.ts';
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
 * descriptions of its arguments repeat.
 *
 * @param schema with its rules in words
 */
export function listedSchema(schema: JsonSchema): JsonSchema {
  const { properties, required, ...rest } = schema;
  if (!isObjectSchema(properties)) return schema;
  const listed = Object.entries(properties).map(([name, property]) => [name, withoutBounds(property)]);
  return {
    ...rest,
    properties: Object.fromEntries(listed) as JsonSchema,
    ...(Array.isArray(required) && required.length > 0 && { required: required as unknown[] }),
  };
}

function withoutBounds(property: unknown): unknown {
  if (!isObjectSchema(property)) return property;
  const kept = Object.entries(property).filter(
    ([key, value]) =>
      !BOUNDS.has(key) &&
      !(key === 'pattern' && isWorded(value)) &&
      !(key === 'allOf' && Array.isArray(value) && value.every(isWordedPattern)),
  );
  const { items } = property;
  // The rules of items are in nobody's description.
  const isFree = isObjectSchema(items) && rulesOf(items).length === 0;
  return { ...Object.fromEntries(kept), ...(isFree && { items: withoutBounds(items) }) };
}

function isWordedPattern(part: unknown): boolean {
  return isObjectSchema(part) && Object.keys(part).length === 1 && isWorded(part['pattern']);
}

function isWorded(pattern: unknown): boolean {
  return typeof pattern === 'string' && patternInWords(pattern) !== undefined;
}
