/** Errors that were not written for a client: it learns that something failed, and only the log gets the cause. */

import { ToolError } from '../result/tool-error.ts';

export function internalError(cause: unknown): ToolError {
  return new ToolError('internal_error', 'Internal server error.', { cause });
}

export function toolThrew(cause: unknown): ToolError {
  return new ToolError('execution_error', `The tool failed with an unexpected error${codeOf(cause)}.`, { cause });
}

/** An errno or status name such as ECONNREFUSED says what happened without saying where. */
function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? ` (${code})` : '';
}
