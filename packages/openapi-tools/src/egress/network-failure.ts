/** What a request that got no response means for the caller. */

import { ToolError } from '@mcp/tool-base';
import { isSafe, type HttpMethod } from '../request/prepared-request.ts';

/** The connection was there and is gone: the request may have arrived. */
const CONNECTION_LOST: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  EHOSTUNREACH: 'there is no route to its host',
  ENETUNREACH: 'there is no route to its network',
  UND_ERR_CONNECT_TIMEOUT: 'no connection was made in time',
  ETIMEDOUT: 'no connection was made in time',
  UND_ERR_HEADERS_OVERFLOW: 'its response headers are too large',
};

export function isConnectionLost(error: unknown): boolean {
  return CONNECTION_LOST.has(codeOf(error));
}

/** @returns the error for the caller; the original is its cause, for the log */
export function failureOf(error: unknown, method: HttpMethod, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return error;
  if (error instanceof ToolError) return ofAddressCheck(error);
  const code = codeOf(error);
  if (CONNECTION_LOST.has(code) && !isSafe(method)) {
    return new ToolError(
      'execution_error',
      'The connection to the API broke: whether the request took effect is unknown.',
      {
        suggestion: 'Find out whether it took effect before you send it again.',
        cause: error,
      },
    );
  }
  const reason =
    REASONS[code] ?? (/CERT|TLS|SSL|SELF_SIGNED|ALTNAME/.test(code) ? 'its certificate is not accepted' : undefined);
  return new ToolError('unavailable', `The API cannot be reached${reason === undefined ? '' : `: ${reason}`}.`, {
    suggestion: 'Try again later, or ask the operator to look at the API.',
    cause: error,
  });
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
  return typeof error.code === 'string' ? error.code : '';
}
