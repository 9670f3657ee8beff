import { hash } from 'node:crypto';

import { sanitizeText } from '@mcp/tool-base';

/** Of the arguments that operators see, in characters. */
const MAX_SHOWN_LENGTH = 4000;

/** Equal for two calls exactly when tool, caller and arguments are the same; the order of keys does not matter. */
export function callFingerprint(tool: string, values: unknown, caller: string): string {
  return hash('sha256', JSON.stringify([tool, caller, sorted(values ?? {})]), 'base64url');
}

/** The arguments as JSON, without characters that hide or disguise text. */
export function shownArguments(values: unknown): string {
  const { text } = sanitizeText(JSON.stringify(values ?? {}));
  return text.length <= MAX_SHOWN_LENGTH ? text : `${text.slice(0, MAX_SHOWN_LENGTH)}… (${text.length} characters)`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, member]) => [key, sorted(member)]);
}
