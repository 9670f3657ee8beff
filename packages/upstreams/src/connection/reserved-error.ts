/**
 * How a transport reports the failure of one request to the SDK's client, which knows only answers: as an error answer with a code
 * that no upstream can send, because `takeApart` replaces it in what arrives.
 */
import { ConnectionError, type FailureKind } from './connection-error.ts';

export const RESERVED_CODE = -32_099;
/** What an upstream's own error with the reserved code becomes. */
export const REPLACEMENT_CODE = -32_000;

export interface ErrorAnswer {
  readonly jsonrpc: '2.0';
  readonly id: string | number;
  readonly error: { readonly code: number; readonly message: string; readonly data: { readonly kind: FailureKind } };
}

export function errorAnswer(id: string | number, kind: FailureKind, message: string): ErrorAnswer {
  return { jsonrpc: '2.0', id, error: { code: RESERVED_CODE, message, data: { kind } } };
}

/** The failure behind an error answer of a transport, or undefined for an error that the upstream sent. */
export function failureOf(error: {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly data?: unknown;
}): ConnectionError | undefined {
  if (error.code !== RESERVED_CODE) return undefined;
  const { kind } = error.data as { readonly kind: FailureKind };
  return new ConnectionError(kind, String(error.message), { mayHaveRun: true });
}
