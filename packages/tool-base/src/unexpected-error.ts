/** Errors that nobody meant for a client: it is told that something failed, the log is told what. */

import { ToolError } from './tool-error.ts';

export function internalError(cause: unknown): ToolError {
  return new ToolError('internal_error', 'The server made a mistake in this call.', { cause });
}

export function toolThrew(cause: unknown): ToolError {
  return new ToolError('execution_error', `The tool failed with an unexpected error${codeOf(cause)}.`, { cause });
}

/** An errno or status name such as ECONNREFUSED says what happened without saying where. */
function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? ` (${code})` : '';
}
