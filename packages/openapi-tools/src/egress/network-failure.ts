/** What a request that got no response means for the caller. */

import { ToolError } from '@mcp/tool-base';
import { errors } from 'undici';
import { isSafe, type HttpMethod } from '../request/prepared-request.ts';

/** The connection was there and is gone: the request may have arrived. */
const CONNECTION_LOST: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** Something came back, and it is no answer: the request has arrived. */
const NO_HTTP = /^(?:HPE_|ERR_ASSERTION$|UND_ERR_(?:RES_CONTENT_LENGTH_MISMATCH|HEADERS_OVERFLOW|INFO)$)/;

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  EHOSTUNREACH: 'there is no route to its host',
  ENETUNREACH: 'there is no route to its network',
  UND_ERR_CONNECT_TIMEOUT: 'no connection was made in time',
  ETIMEDOUT: 'no connection was made in time',
  UND_ERR_HEADERS_OVERFLOW: 'its response headers are too large',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'its response is longer or shorter than it says',
};
const NOT_HTTP = 'what came back is not HTTP';

export function isConnectionLost(error: unknown): boolean {
  return CONNECTION_LOST.has(codeOf(error));
}

/** @returns the error for the caller; the original is its cause, for the log */
export function failureOf(error: unknown, method: HttpMethod, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return error;
  if (error instanceof ToolError) return ofAddressCheck(error);
  const code = codeOf(error);
  const isAnswered = NO_HTTP.test(code);
  const reason = knownReason(code);
  if ((isAnswered || CONNECTION_LOST.has(code)) && !isSafe(method)) {
    const happened = isAnswered
      ? `The API gave no valid answer: ${reason ?? NOT_HTTP}`
      : 'The connection to the API broke';
    return new ToolError('execution_error', `${happened}; whether the request took effect is unknown.`, {
      suggestion: 'Find out whether it took effect before you send it again.',
      cause: error,
    });
  }
  if (isAnswered) {
    return new ToolError('unavailable', `The API gave no valid answer: ${reason ?? NOT_HTTP}.`, {
      suggestion: 'Ask the operator to look at the API.',
      cause: error,
    });
  }
  if (CONNECTION_LOST.has(code)) {
    return new ToolError('unavailable', 'The connection to the API broke before its answer was complete.', {
      suggestion: 'Try again later, or ask the operator to look at the API.',
      cause: error,
    });
  }
  return new ToolError('unavailable', `The API cannot be reached${reason === undefined ? '' : `: ${reason}`}.`, {
    suggestion: 'Try again later, or ask the operator to look at the API.',
    cause: error,
  });
}

/** For operators, in a few words. */
export function failureReason(error: unknown): string {
  const code = codeOf(error);
  if (error instanceof ToolError) return 'its address is refused';
  return knownReason(code) ?? (CONNECTION_LOST.has(code) ? 'the connection broke' : 'there was no answer');
}

function knownReason(code: string): string | undefined {
  return (
    REASONS[code] ?? (/CERT|TLS|SSL|SELF_SIGNED|ALTNAME/.test(code) ? 'its certificate is not accepted' : undefined)
  );
}

/** The caller has not named the host, so a refused address is no mistake of the caller's. */
function ofAddressCheck(error: ToolError): ToolError {
  if (error.type !== 'validation_error' && error.type !== 'tool_error') return error;
  return new ToolError('unavailable', 'The API has no address that the server may connect to.', {
    suggestion: 'Ask the operator to check the host name and the egress settings of this API.',
    cause: error,
  });
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  if (typeof error.code === 'string') return error.code;
  return error instanceof errors.HTTPParserError ? 'HPE_UNKNOWN' : '';
}
