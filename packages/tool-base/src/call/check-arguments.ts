/** The arguments of one call: a plain object, no unknown names, and what the tool's schema says. */

import type { StandardSchemaV1 } from '@standard-schema/spec';
import { isObjectSchema, type JsonSchema } from '../declare/json-schema.ts';
import { sanitizeText } from '../result/sanitize-text.ts';
import { ToolError } from '../result/tool-error.ts';
import { meantBy, wrongType } from './wrong-type.ts';

const MAX_ISSUES = 5;
const MAX_ISSUE_LENGTH = 500;
const MAX_NAME_LENGTH = 64;
const NO_NAMES: ReadonlySet<string> = new Set();

/**
 * Call arguments are one plain object, or none; a name that the schema does not list is refused, `__proto__` among them.
 * @throws {ToolError} `validation_error`
 */
export function requireArgumentObject(
  given: unknown,
  names: ReadonlySet<string> | undefined,
  nullable: ReadonlySet<string> = NO_NAMES,
): Readonly<Record<string, unknown>> {
  if (given === undefined || given === null) return {};
  if (!isObjectSchema(given)) {
    const isText = typeof given === 'string' && isObjectSchema(meantBy(given));
    throw new ToolError(
      'validation_error',
      isText
        ? 'The arguments must be a JSON object, not text: send the object without the quotes.'
        : 'The arguments must be a JSON object.',
    );
  }
  for (const key of Object.keys(given)) {
    if (key === '__proto__' || names?.has(key) === false) {
      const allowed = names === undefined || names.size === 0 ? 'none' : [...names].join(', ');
      throw new ToolError('validation_error', `This tool does not know the argument ${quoted(key)}.`, {
        suggestion: `Arguments of this tool: ${allowed}.`,
      });
    }
  }
  return withoutNulls(given, nullable);
}

/** Some clients send `null` for every optional argument that they leave out. */
function withoutNulls(
  given: Readonly<Record<string, unknown>>,
  nullable: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  const isAbsent = (name: string): boolean => given[name] === null && nullable.has(name);
  if (!Object.keys(given).some(isAbsent)) return given;
  return Object.fromEntries(Object.entries(given).filter(([name]) => !isAbsent(name)));
}

/**
 * The validated value.
 * @param given what was validated
 * @param schema as it is published
 * @throws {ToolError} `validation_error` with the first issues of the schema library
 */
export function readValidation(result: StandardSchemaV1.Result<unknown>, given: unknown, schema: JsonSchema): unknown {
  if (result.issues === undefined) return result.value;
  const first = result.issues.slice(0, MAX_ISSUES);
  const more = result.issues.length - first.length;
  // Each alternative of a type has an issue of its own.
  const lines = [...new Set(first.map((issue) => describeIssue(issue, given, schema)))];
  throw new ToolError('validation_error', lines.join(' ') + (more > 0 ? ` And ${more} more.` : ''));
}

function describeIssue(issue: StandardSchemaV1.Issue, given: unknown, schema: JsonSchema): string {
  const steps = (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part));
  const path = steps.map(String).join('.');
  const text = plainLine((wrongType(given, steps, schema) ?? issue.message).slice(0, MAX_ISSUE_LENGTH));
  const message = text.endsWith('.') ? text : `${text}.`;
  return path === '' ? message : `${plainLine(path.slice(0, MAX_ISSUE_LENGTH))}: ${message}`;
}

/** A caller's own text, short and without control characters. */
function quoted(text: string): string {
  return JSON.stringify(sanitizeText(text.slice(0, MAX_NAME_LENGTH)).text);
}

/** Libraries repeat the caller's bytes in their messages. */
function plainLine(text: string): string {
  return sanitizeText(text).text.replaceAll(/\s+/g, ' ').trim();
}
