/** Input and output schemas: any Standard Schema validates, and what clients are shown is JSON Schema 2020-12. */

import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import { neutralise } from './neutralise.ts';
import { ToolDefinitionError, ToolError } from './tool-error.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

const MAX_ISSUES = 5;
const MAX_ISSUE_LENGTH = 500;

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
  } catch (error) {
    throw new ToolDefinitionError(tool, [
      `Its ${side} schema cannot be written as JSON Schema (${String(error)}): give ${side}JsonSchema as well.`,
    ]);
  }
}

/** Argument names that the published schema knows; undefined when it lets any name through. */
export function closedPropertyNames(schema: JsonSchema): ReadonlySet<string> | undefined {
  const { properties, additionalProperties = false, patternProperties, anyOf, oneOf, allOf, $ref } = schema;
  const composed = [patternProperties, anyOf, oneOf, allOf, $ref].some((part) => part !== undefined);
  if (composed || additionalProperties !== false) return undefined;
  return new Set(typeof properties === 'object' && properties !== null ? Object.keys(properties) : []);
}

/** What is published: a schema whose argument names are closed says so. */
export function publishedInputSchema(schema: JsonSchema): JsonSchema {
  return closedPropertyNames(schema) === undefined || schema['additionalProperties'] === false
    ? schema
    : { ...schema, additionalProperties: false };
}

/** Call arguments are one plain object; a name that the schema does not list is refused, `__proto__` among them. */
export function requireArgumentObject(
  given: unknown,
  names: ReadonlySet<string> | undefined,
): Readonly<Record<string, unknown>> {
  if (given === undefined) return {};
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new ToolError('validation_error', 'The arguments must be a JSON object.');
  }
  for (const key of Object.keys(given)) {
    if (key === '__proto__' || names?.has(key) === false) {
      const allowed = names === undefined || names.size === 0 ? 'none' : [...names].join(', ');
      throw new ToolError('validation_error', 'There is an argument that this tool does not know.', {
        suggestion: `Arguments of this tool: ${allowed}.`,
      });
    }
  }
  return given as Readonly<Record<string, unknown>>;
}

/** The validated value, or the issues as one `validation_error`. */
export function readValidation(result: StandardSchemaV1.Result<unknown>): unknown {
  if (result.issues === undefined) return result.value;
  const lines = result.issues.slice(0, MAX_ISSUES).map(describeIssue);
  const more = result.issues.length - lines.length;
  throw new ToolError('validation_error', lines.join(' ') + (more > 0 ? ` And ${more} more.` : ''));
}

function describeIssue(issue: StandardSchemaV1.Issue): string {
  const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
  const text = plainLine(issue.message.slice(0, MAX_ISSUE_LENGTH));
  const message = text.endsWith('.') ? text : `${text}.`;
  return path === '' ? message : `${plainLine(path.slice(0, MAX_ISSUE_LENGTH))}: ${message}`;
}

/** Libraries repeat the caller's bytes in their messages. */
function plainLine(text: string): string {
  return neutralise(text).text.replaceAll(/\s+/g, ' ').trim();
}
