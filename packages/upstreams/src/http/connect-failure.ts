import { ConnectionError } from '../connection/connection-error.ts';

/** Errors before the first byte of the request was written. */
const NEVER_SENT: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** What a request without a response amounts to. The library's own text stays in the cause. */
export function connectFailure(error: unknown, host: string): ConnectionError {
  if (error instanceof ConnectionError) return error;
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: readonly { code?: unknown }[] };
  if (cause instanceof ConnectionError) return cause;
  const known = code ?? errors?.[0]?.code;
  const shown = typeof known === 'string' ? ` (${known})` : '';
  if (NEVER_SENT.has(known)) {
    return new ConnectionError('unreachable', `No connection to ${host}${shown}.`, { mayHaveRun: false, cause: error });
  }
  return new ConnectionError('interrupted', `The connection to ${host} ended before the answer${shown}.`, {
    mayHaveRun: true,
    cause: error,
  });
}
