/** Errors that were not written for a client: its message says only that something failed; the cause goes to the log. */

import { constants } from 'node:os';

import { ToolError } from '../result/tool-error.ts';

export function internalError(cause: unknown): ToolError {
  return new ToolError('internal_error', 'Internal server error.', { cause });
}

export function toolThrew(cause: unknown): ToolError {
  return new ToolError('execution_error', `The tool failed with an unexpected error${codeOf(cause)}.`, { cause });
}

/** Codes of DNS and TLS; those of system calls come from the platform. */
const NETWORK_CODES = [
  'ENOTFOUND',
  'ENODATA',
  'ESERVFAIL',
  'EAI_AGAIN',
  'EAI_NONAME',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
];
const PUBLIC_CODES: ReadonlySet<unknown> = new Set([...Object.keys(constants.errno), ...NETWORK_CODES]);

/** A code such as ECONNREFUSED says what happened without saying where. Only known ones: a property may hold anything. */
function codeOf(error: unknown): string {
  try {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    return PUBLIC_CODES.has(code) ? ` (${String(code)})` : '';
  } catch {
    return '';
  }
}
