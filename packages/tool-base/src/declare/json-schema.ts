/** Input and output schemas: any Standard Schema validates, and what clients are shown is JSON Schema 2020-12. */

import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import { ToolDefinitionError } from '../result/tool-error.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Every schema but `true` and `false`. */
export function isObjectSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The given JSON Schema, else the one that the schema library can make of itself. */
export function jsonSchemaOf(
  tool: string,
  schema: StandardSchemaV1,
  given: JsonSchema | undefined,
  side: 'input' | 'output',
): JsonSchema {
  if (given !== undefined) return given;
  const converter = (schema as StandardSchemaV1 & Partial<StandardJSONSchemaV1>)['~standard'];
  const jsonSchema = 'jsonSchema' in converter ? converter.jsonSchema : undefined;
  if (jsonSchema === undefined) {
    throw new ToolDefinitionError(tool, [
      `Its ${side} schema (${converter.vendor}) cannot describe itself as JSON Schema: give ${side}JsonSchema as well, ` +
        'or for valibot wrap it in toStandardJsonSchema of @valibot/to-json-schema.',
    ]);
  }
  try {
    return jsonSchema[side]({ target: 'draft-2020-12' });
  } catch {
    throw new ToolDefinitionError(tool, [
      `Its ${side} schema cannot be written as JSON Schema, as with dates, transforms and types of your own: give ${side}JsonSchema as well.`,
    ]);
  }
}

/** Argument names that the published schema lists; undefined when it accepts any name. */
export function closedPropertyNames(schema: JsonSchema): ReadonlySet<string> | undefined {
  const { properties, additionalProperties = false, patternProperties, anyOf, oneOf, allOf, $ref } = schema;
  const composed = [patternProperties, anyOf, oneOf, allOf, $ref].some((part) => part !== undefined);
  if (composed || additionalProperties !== false) return undefined;
  return new Set(typeof properties === 'object' && properties !== null ? Object.keys(properties) : []);
}

/** Without the key `$schema`: 2020-12 is the default of MCP, and some model APIs reject the key. */
export function withoutDialect(schema: JsonSchema): JsonSchema {
  if (!('$schema' in schema)) return schema;
  const { $schema: _, ...rest } = schema;
  return rest;
}

/**
 * The published schema: an object with `properties`, which some clients look for in every tool, and where no other argument
 * names are accepted, it says so.
 * @throws {ToolDefinitionError} for a schema of anything but an object: arguments are always one
 */
export function publishedInputSchema(tool: string, given: JsonSchema): JsonSchema {
  if (!describesObject(given)) {
    throw new ToolDefinitionError(tool, [
      'Its input schema must describe an object, since arguments are passed by name: wrap it in one, as in { type: "object", properties: { value: ... } }.',
    ]);
  }
  const { properties = {}, anyOf, oneOf, allOf, $ref } = given;
  const composed = [anyOf, oneOf, allOf, $ref].some((part) => part !== undefined);
  const schema = { ...withoutDialect(given), type: 'object', ...(composed ? {} : { properties }) };
  return closedPropertyNames(given) === undefined ? schema : { ...schema, additionalProperties: false };
}

function describesObject({ type, anyOf, oneOf }: JsonSchema): boolean {
  const isObject = (part: unknown): boolean => describesObject((part ?? {}) as JsonSchema);
  if (type !== undefined) return type === 'object';
  return [anyOf, oneOf].every((parts) => !Array.isArray(parts) || parts.every(isObject));
}

/** Optional arguments that are never `null`: a client that sends `null` for one means that it is left out. */
export function nullMeansAbsent(schema: JsonSchema): ReadonlySet<string> {
  const { properties, required } = schema;
  if (typeof properties !== 'object' || properties === null) return new Set();
  const isRequired = new Set<unknown>(Array.isArray(required) ? required : []);
  const names = Object.entries(properties as Readonly<Record<string, unknown>>).flatMap(([name, property]) =>
    !isRequired.has(name) && refusesNull(property) ? [name] : [],
  );
  return new Set(names);
}

function refusesNull(property: unknown): boolean {
  if (typeof property !== 'object' || property === null) return false;
  const { type, enum: values } = property as JsonSchema;
  if (Array.isArray(values)) return !values.includes(null);
  return Array.isArray(type) ? !type.includes('null') : typeof type === 'string' && type !== 'null';
}
