/** What became of a call, in the words of those who are told. */
import type { ErrorType, ToolError, ToolResult, ToolResultError } from '@mcp/tool-base';

/** As events, traces and the audit trail name it. */
export function outcomeOf(result: ToolResult): string {
  return result.awaitingInput ? 'input_required' : (result.error?.type ?? 'success');
}

/** Errors that say that nothing was run. */
const neverStarted: ReadonlySet<ErrorType> = new Set<ErrorType>([
  'validation_error',
  'not_found',
  'disabled',
  'unauthorized',
  'forbidden',
  'resource_exhausted',
  'circuit_breaker_open',
]);

/** As the audit trail names it. */
export function decisionOf({ error }: ToolResult): 'allowed' | 'refused' {
  return error && neverStarted.has(error.type) ? 'refused' : 'allowed';
}

/** The result of a call that was turned away before the pipeline. */
export function refusedResult(
  error: ToolError,
  correlationId: string,
): ToolResult & { readonly error: ToolResultError } {
  const { type, message, suggestion, retryAfterMs } = error;
  const told = { type, message, suggestion, ...(retryAfterMs !== undefined && { retryAfterMs }), correlationId };
  return {
    ok: false,
    content: [{ type: 'text', text: `${type}: ${message} ${suggestion}` }],
    structured: { error: told },
    error: told,
    meta: { durationMs: 0, queueMs: 0, outputBytes: 0, truncated: false, correlationId },
  };
}
