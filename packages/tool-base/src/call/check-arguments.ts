/** The arguments of one call: a plain object, no unknown names, and what the tool's schema says. */

import type { StandardSchemaV1 } from '@standard-schema/spec';
import { sanitizeText } from '../result/sanitize-text.ts';
import { ToolError } from '../result/tool-error.ts';

const MAX_ISSUES = 5;
const MAX_ISSUE_LENGTH = 500;

/**
 * Call arguments are one plain object; a name that the schema does not list is refused, `__proto__` among them.
 * @throws {ToolError} `validation_error`
 */
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

/** Libraries repeat the caller's bytes in their messages. */
function plainLine(text: string): string {
  return sanitizeText(text).text.replaceAll(/\s+/g, ' ').trim();
}
