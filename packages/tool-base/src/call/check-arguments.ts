/** The arguments of one call: a plain object, no unknown names, and what the tool's schema says. */

import type { StandardSchemaV1 } from '@standard-schema/spec';
import { sanitizeText } from '../result/sanitize-text.ts';
import { ToolError } from '../result/tool-error.ts';

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
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw new ToolError('validation_error', 'The arguments must be a JSON object.');
  }
  for (const key of Object.keys(given)) {
    if (key === '__proto__' || names?.has(key) === false) {
      const allowed = names === undefined || names.size === 0 ? 'none' : [...names].join(', ');
      throw new ToolError('validation_error', `This tool does not know the argument ${quoted(key)}.`, {
        suggestion: `Arguments of this tool: ${allowed}.`,
      });
    }
  }
  return withoutNulls(given as Readonly<Record<string, unknown>>, nullable);
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
 * @throws {ToolError} `validation_error` with the first issues of the schema library
 */
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

/** A caller's own text, short and without control characters. */
function quoted(text: string): string {
  return JSON.stringify(sanitizeText(text.slice(0, MAX_NAME_LENGTH)).text);
}

/** Libraries repeat the caller's bytes in their messages. */
function plainLine(text: string): string {
  return sanitizeText(text).text.replaceAll(/\s+/g, ' ').trim();
}
