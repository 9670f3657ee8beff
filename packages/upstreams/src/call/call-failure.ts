/** What a failed request to an upstream means for the call: an error type, a sentence for the model, and whose breaker counts it. */
import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError } from '@modelcontextprotocol/client';
import { sanitizeText, ToolError, toolContent, type ErrorType } from '@mcp/tool-base';

import { ConnectionError } from '../connection/connection-error.ts';

const INVALID_PARAMS = -32_602;
const MAX_ERROR_TEXT = 2048;

export interface CallFailure {
  /** For the caller. */
  readonly error: ToolError;
  /** Whether it says something about the connection rather than the tool: then the breaker of the upstream counts it. */
  readonly ofConnection: boolean;
  /** Whether the upstream may have run the tool. */
  readonly mayHaveRun: boolean;
}

/** @param key the upstream's, which the messages name */
export function callFailure(key: string, thrown: unknown): CallFailure {
  if (thrown instanceof ToolError) return { error: thrown, ofConnection: false, mayHaveRun: false };
  if (thrown instanceof ConnectionError) return connectionFailure(key, thrown);
  if (thrown instanceof SdkHttpError) return httpFailure(key, thrown);
  // The SDK wraps what went wrong while the era was settled.
  if (thrown instanceof SdkError && (thrown.cause instanceof ConnectionError || thrown.cause instanceof SdkHttpError)) {
    return callFailure(key, thrown.cause);
  }
  if (thrown instanceof ProtocolError) return answeredWithError(key, thrown);
  if (thrown instanceof SdkError && thrown.code === SdkErrorCode.RequestTimeout) {
    return ofConnection('unavailable', `The upstream ${key} did not answer in time.`, thrown, false);
  }
  if (thrown instanceof SdkError && thrown.code === SdkErrorCode.ConnectionClosed) {
    return outcomeUnknown(key, thrown);
  }
  // An error without a code.
  if (thrown instanceof Error && /protocol version/iu.test(thrown.message)) {
    return ofConnection(
      'unavailable',
      `The upstream ${key} speaks a protocol version that is not known here.`,
      thrown,
      false,
    );
  }
  return ofConnection('unavailable', `The upstream ${key} gave an answer that is not MCP.`, thrown, true);
}

function connectionFailure(key: string, failure: ConnectionError): CallFailure {
  switch (failure.kind) {
    case 'interrupted':
      return failure.mayHaveRun ? outcomeUnknown(key, failure) : unreachable(key, failure);
    case 'too_large':
      return ofTool(
        new ToolError('execution_error', `The upstream ${key} sent more than is read of a result; the tool has run.`, {
          suggestion: 'Ask for less. Do not repeat a call that changes something without checking what it did.',
          cause: failure,
        }),
        true,
      );
    case 'not_mcp':
      return ofConnection('unavailable', `The upstream ${key} gave an answer that is not MCP.`, failure, true);
    case 'unreachable':
    case 'refused_address':
    case 'redirect':
    case 'session_lost':
      return unreachable(key, failure);
  }
}

function unreachable(key: string, cause: ConnectionError): CallFailure {
  const { retryAfterMs } = cause;
  const retry = retryAfterMs === undefined ? {} : { retryAfterMs };
  return ofConnection('unavailable', `The upstream ${key} cannot be reached.`, cause, false, retry);
}

function outcomeUnknown(key: string, cause: Error): CallFailure {
  const error = new ToolError(
    'execution_error',
    `The upstream ${key} ended the connection before it answered; the outcome is unknown, and the tool may have run.`,
    { suggestion: 'Check what the call did before you repeat it.', cause },
  );
  return { error, ofConnection: true, mayHaveRun: true };
}

/** Its status is for the operator; a caller must not take it for the status of its own request. */
function httpFailure(key: string, cause: SdkHttpError): CallFailure {
  const { status, retryAfter } = cause.data as { readonly status: number; readonly retryAfter?: string };
  const retryAfterMs = Number(retryAfter) > 0 ? Math.min(Number(retryAfter), 3600) * 1000 : undefined;
  const retry = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === 401 || status === 403) {
    return ofConnection('unavailable', `The upstream ${key} rejects the credential of this server.`, cause, false, {
      suggestion: `Ask the operator to check upstreams.${key}.auth.`,
    });
  }
  if (status === 429) {
    const error = new ToolError('resource_exhausted', `The upstream ${key} is at its limit.`, { cause, ...retry });
    return { error, ofConnection: false, mayHaveRun: false };
  }
  const hint = NO_ENDPOINT.has(status)
    ? `: url must be its MCP endpoint, for Streamable HTTP and not for HTTP+SSE`
    : '';
  const message = `The upstream ${key} answered with HTTP ${status}${hint}.`;
  return ofConnection('unavailable', message, cause, status >= 500, retry);
}

const NO_ENDPOINT: ReadonlySet<number> = new Set([404, 405]);

/** The text is the upstream's, so it is content and no message of ours. */
function answeredWithError(key: string, cause: ProtocolError): CallFailure {
  const text = sanitizeText(cause.message.slice(0, MAX_ERROR_TEXT)).text;
  const output = toolContent({ content: [{ type: 'text', text: text === '' ? '(no text)' : text }] });
  if (cause.code === INVALID_PARAMS) {
    return ofTool(new ToolError('validation_error', `The upstream ${key} rejects the arguments.`, { output }), false);
  }
  return ofTool(
    new ToolError('execution_error', `The upstream ${key} answered with the JSON-RPC error ${cause.code}.`, {
      output,
      suggestion: 'Read the text of the upstream below; it is not from this server.',
    }),
    true,
  );
}

function ofTool(error: ToolError, mayHaveRun: boolean): CallFailure {
  return { error, ofConnection: false, mayHaveRun };
}

/** Neutral for the tool's own breaker. */
function ofConnection(
  type: ErrorType,
  message: string,
  cause: unknown,
  mayHaveRun: boolean,
  options: { readonly suggestion?: string; readonly retryAfterMs?: number } = {},
): CallFailure {
  const suggestion = 'Try again later, or continue without this tool; the operator finds the reason in the log.';
  const error = new ToolError(type, message, { suggestion, ...options, cause, neutral: true });
  return { error, ofConnection: true, mayHaveRun };
}
